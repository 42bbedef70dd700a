package member_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/member"
	"yingdi/domain/wechat"
)

type store struct {
	*domaintest.Store[member.Member]
}

func (s store) ByOpenID(_ context.Context, hash string) (member.Member, error) {
	for _, m := range s.All(func(m member.Member) bool { return m.OpenIDHash == hash }) {
		return m, nil
	}
	return member.Member{}, domain.ErrNotFound
}

// weChat judges by the text itself.
type weChat struct{ phone string }

func (w weChat) Phone(context.Context, string) (string, error) { return w.phone, nil }

func (w weChat) CheckText(_ context.Context, openID, text string) (wechat.Verdict, error) {
	switch {
	case openID == "":
		return wechat.Verdict{}, errors.New("asked about nobody")
	case strings.Contains(text, "坏"):
		return wechat.Verdict{Suggest: wechat.Risky}, nil
	case strings.Contains(text, "疑"):
		return wechat.Verdict{Suggest: wechat.Review}, nil
	case strings.Contains(text, "断"):
		return wechat.Verdict{}, wechat.ErrUnreachable
	case strings.Contains(text, "闲"):
		return wechat.Verdict{}, wechat.ErrInactive
	}
	return wechat.Verdict{Suggest: wechat.Pass}, nil
}

// pictures knows those named pic…, and remembers what is kept.
type pictures struct{ kept map[string][]string }

func (p pictures) OwnPicture(_ context.Context, owner, id string) error {
	if !strings.HasPrefix(id, "pic_"+owner) {
		return domain.ErrNotFound
	}
	return nil
}

func (p pictures) Keep(_ context.Context, ref string, ids []string) error {
	p.kept[ref] = append(p.kept[ref], ids...)
	return nil
}

func (p pictures) Replace(ctx context.Context, ref, old string, current func(context.Context) (string, error)) error {
	now, err := current(ctx)
	p.kept[ref] = append(p.kept[ref], old+"→"+now)
	return err
}

type world struct {
	*member.Service
	store store
	clock *domaintest.Clock
	kept  map[string][]string
}

func newWorld() world {
	w := world{store: store{domaintest.NewStore[member.Member](&domaintest.Power{})}, kept: map[string][]string{}}
	w.store.Unique = func(m *member.Member) []string { return []string{m.OpenIDHash, m.PhoneHash} }
	w.clock = domaintest.NewClock("2026-03-01T01:00:00Z")
	w.Service = &member.Service{
		Store: w.store, WeChat: weChat{"13812345678"}, Pictures: pictures{w.kept}, Sealer: domaintest.Sealer(),
		IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

func (w world) join(t testing.TB, name string) (member.Member, context.Context) {
	t.Helper()
	m, err := w.Recognise(t.Context(), wechat.Identity{OpenID: "openid-" + name, SessionKey: "secret-" + name})
	if err != nil {
		t.Fatal(err)
	}
	return m, domain.WithActor(t.Context(), domain.Actor{Member: m.ID})
}

func text(s string) *string { return &s }

func TestTwentyFirstVisitsAtOnceMakeOneMember(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := w.Recognise(t.Context(), wechat.Identity{OpenID: "o", SessionKey: "s"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(w.store.All(nil)); n != 1 {
		t.Errorf("%d members", n)
	}
}

func TestWhoComesAgainIsRecognised(t *testing.T) {
	t.Parallel()
	w := newWorld()
	first, _ := w.join(t, "a")
	w.clock.Add(time.Hour)
	again, _ := w.join(t, "a")
	other, _ := w.join(t, "b")
	if again.ID != first.ID || other.ID == first.ID || !again.SeenAt.Equal(first.SeenAt.Add(time.Hour)) || !again.JoinedAt.Equal(first.JoinedAt) {
		t.Errorf("first %+v again %+v other %+v", first, again, other)
	}
	if id, err := w.ByOpenID(t.Context(), "openid-a"); err != nil || id != first.ID {
		t.Errorf("%s, %v", id, err)
	}
	if openID, err := w.OpenID(t.Context(), first.ID); err != nil || openID != "openid-a" {
		t.Errorf("%s, %v", openID, err)
	}
}

func TestNothingPersonalLiesReadableInTheStore(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, ctx := w.join(t, "a")
	m, err := w.BindPhone(ctx, "code")
	if err != nil {
		t.Fatal(err)
	}
	for _, stored := range []string{m.OpenID, m.OpenIDHash, m.SessionKey, m.Phone, m.PhoneHash} {
		if stored == "" || strings.Contains(stored, "openid-a") || strings.Contains(stored, "secret-a") || strings.Contains(stored, "138") && len(stored) < 20 {
			t.Errorf("stored as %q", stored)
		}
	}
	if got := w.MyPhone(m); got != "138****5678" {
		t.Errorf("got %s", got)
	}
	_, other := w.join(t, "b")
	if _, err := w.BindPhone(other, "code"); !errors.Is(err, member.ErrPhoneTaken) {
		t.Errorf("got %v", err)
	}
	if _, err := w.BindPhone(t.Context(), "code"); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("got %v", err)
	}
}

func TestMaskPhone(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{"13812345678": "138****5678", "+8613812345678": "+86138****5678", "1234567": "****", "": "****"} {
		if got := member.MaskPhone(phone); got != want {
			t.Errorf("%s: got %s", phone, got)
		}
	}
}

func TestTheBlockedAndTheDeletedDoNotComeIn(t *testing.T) {
	t.Parallel()
	for _, state := range []member.State{member.Blocked, member.Deleted} {
		w := newWorld()
		m, _ := w.join(t, "a")
		if _, err := w.store.Update(t.Context(), m.ID, func(m *member.Member) error { m.State = state; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Recognise(t.Context(), wechat.Identity{OpenID: "openid-a"}); !errors.Is(err, member.ErrBlocked) {
			t.Errorf("%s: %v", state, err)
		}
	}
	gone := member.Member{Doc: domain.Doc{ID: "m"}, Nickname: "小明", Avatar: "pic", State: member.Deleted}
	if diff := cmp.Diff(member.Card{ID: "m", Nickname: "已注销用户"}, gone.Card()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSetProfile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		profile member.Profile
		want    error
	}{
		"a name":                         {member.Profile{Nickname: text("小明")}, nil},
		"a picture":                      {member.Profile{Avatar: text("pic_n1")}, nil},
		"nothing":                        {member.Profile{}, domain.ErrInvalid},
		"an empty name":                  {member.Profile{Nickname: text(" ")}, domain.ErrInvalid},
		"a name of two lines":            {member.Profile{Nickname: text("小\n明")}, domain.ErrInvalid},
		"a name too long":                {member.Profile{Nickname: text(strings.Repeat("明", 31))}, domain.ErrInvalid},
		"a name that WeChat refuses":     {member.Profile{Nickname: text("坏")}, member.ErrNickname},
		"a name that cannot be checked":  {member.Profile{Nickname: text("断")}, wechat.ErrUnreachable},
		"another's picture":              {member.Profile{Avatar: text("pic_n9")}, member.ErrAvatar},
		"a picture id that cannot be":    {member.Profile{Avatar: text("../x")}, domain.ErrInvalid},
		"a good name and a bad picture":  {member.Profile{Nickname: text("小明"), Avatar: text("x")}, member.ErrAvatar},
		"a good picture and a bad name ": {member.Profile{Nickname: text("坏"), Avatar: text("pic_n1")}, member.ErrNickname},
	} {
		w := newWorld()
		before, ctx := w.join(t, "a")
		got, err := w.SetProfile(ctx, c.profile)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		stored, _ := w.store.Get(t.Context(), before.ID)
		if c.want != nil && stored.Card() != before.Card() {
			t.Errorf("%s: changed all the same: %+v", name, stored.Card())
		}
		if c.want == nil && got.Card() == before.Card() {
			t.Errorf("%s: %+v", name, got.Card())
		}
	}
	w := newWorld()
	if _, err := w.SetProfile(t.Context(), member.Profile{Nickname: text("小明")}); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
}

func TestAProfileSavedAgainUnchangedIsNoWrite(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m, ctx := w.join(t, "a")
	for range 3 {
		if _, err := w.SetProfile(ctx, member.Profile{Nickname: text("小明")}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := w.store.Get(t.Context(), m.ID); err != nil || got.Rev != 2 { // joined, then named once
		t.Errorf("revision %d, %v", got.Rev, err)
	}
}

func TestAnAvatarInUseIsNoOrphanThatIsSweptAwayAfterADay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m, ctx := w.join(t, "a")
	if _, err := w.SetProfile(ctx, member.Profile{Avatar: text("pic_n1")}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"pic_n1"}, w.kept["member_"+m.ID]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnAvatarThatWasReplacedIsLetGo(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m, ctx := w.join(t, "a")
	for _, id := range []string{"pic_n1", "pic_n1", "pic_n1b"} {
		if _, err := w.SetProfile(ctx, member.Profile{Avatar: text(id)}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{member.EventAvatar, member.EventPresented, member.EventAvatar, member.EventPresented}, w.store.Events(m.ID)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := w.SettleAvatar(t.Context(), m.ID, "pic_n1"); err != nil || !slices.Contains(w.kept["member_"+m.ID], "pic_n1→pic_n1b") {
		t.Errorf("%v, %v", w.kept, err)
	}
}

func TestSignOutEverywhereBeginsANewEpoch(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m, ctx := w.join(t, "a")
	if err := w.SignOutEverywhere(ctx); err != nil {
		t.Fatal(err)
	}
	if after, _ := w.Get(t.Context(), m.ID); after.Epoch != m.Epoch+1 {
		t.Errorf("epoch %d after %d", after.Epoch, m.Epoch)
	}
	if err := w.SignOutEverywhere(t.Context()); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("got %v", err)
	}
}

func TestGrantsOfOneOrganiserLeaveTheOthersAlone(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m, _ := w.join(t, "a")
	admin := domain.WithActor(t.Context(), domain.SystemActor)
	if _, err := w.MakeAdmin(admin, m.ID); err != nil {
		t.Fatal(err)
	}
	of := func(id string) domain.Grant {
		return domain.Grant{Scope: domain.ScopeOrganiser, ID: id, Organiser: id, Role: domain.RoleOwner}
	}
	set := func(organiser string, rev int64, grants ...domain.Grant) {
		t.Helper()
		if err := w.SetGrants(t.Context(), m.ID, organiser, rev, grants); err != nil {
			t.Fatal(err)
		}
	}
	platform := domain.Grant{Scope: domain.ScopePlatform, Role: domain.RoleAdmin}
	check := func(want ...domain.Grant) {
		t.Helper()
		got, _ := w.Get(t.Context(), m.ID)
		if diff := cmp.Diff(want, got.Grants); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	set("o1", 1, of("o1"))
	set("o2", 7, of("o2"))
	check(platform, of("o1"), of("o2"))
	set("o1", 2)
	check(platform, of("o2"))
	set("o1", 1, of("o1")) // a copy that was slow on its way
	check(platform, of("o2"))
}

func TestOnlyAdminsMakeAdmins(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m, ctx := w.join(t, "a")
	if _, err := w.MakeAdmin(ctx, m.ID); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a learner: %v", err)
	}
	if _, err := w.MakeAdmin(t.Context(), m.ID); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	system := domain.WithActor(t.Context(), domain.SystemActor)
	for range 2 {
		if got, err := w.MakeAdmin(system, m.ID); err != nil || len(got.Grants) != 1 {
			t.Errorf("%+v, %v", got.Grants, err)
		}
	}
	admin, err := w.CreateAdmin(t.Context(), "管理员")
	if err != nil || !(domain.Actor{Member: admin.ID, Grants: admin.Grants}).Has(domain.RightOperate, domain.Place{}) {
		t.Errorf("%+v, %v", admin, err)
	}
	if _, err := w.OpenID(t.Context(), admin.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("an admin without WeChat has no openid: %v", err)
	}
	if _, err := w.CreateAdmin(t.Context(), ""); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}
