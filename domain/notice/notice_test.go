package notice_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/wechat"
)

type store struct {
	*domaintest.Store[notice.Notice]
}

func newest(a, b notice.Notice) int { return b.At.Compare(a.At) }

func (s store) ByMember(_ context.Context, member string, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(func(n notice.Notice) bool { return n.Member == member && !n.CalledOff }, newest, page)
}

func (s store) CountUnread(_ context.Context, member string, from time.Time) (int64, error) {
	return s.Count(func(n notice.Notice) bool {
		return n.Member == member && !n.CalledOff && n.ReadAt.IsZero() && !n.At.Before(from)
	})
}

func (s store) OfCamp(_ context.Context, camp string, f notice.Filter, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(func(n notice.Notice) bool {
		return n.Camp == camp && (f.Member == "" || n.Member == f.Member) && (f.Result == "" || n.Result() == f.Result)
	}, newest, page)
}

func (s store) Asleep(_ context.Context, before time.Time, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(func(n notice.Notice) bool { return !n.WakeAt.IsZero() && n.WakeAt.Before(before) }, nil, page)
}

func (s store) Old(_ context.Context, before time.Time, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(func(n notice.Notice) bool { return n.At.Before(before) }, nil, page)
}

func (s store) Asked(_ context.Context, member string, from time.Time, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(func(n notice.Notice) bool { return n.Member == member && !n.SentAt.Before(from) }, nil, page)
}

// weChat remembers what was sent, and answers as it is set to.
type weChat struct {
	mu   sync.Mutex
	sent []wechat.Message
	err  error
}

func (w *weChat) Send(_ context.Context, m wechat.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, m)
	return w.err
}

// people are called openid-NAME; a ghost has no openid.
type people struct{ state member.State }

func (p *people) Get(_ context.Context, id string) (member.Member, error) {
	return member.Member{Doc: domain.Doc{ID: id}, State: p.state}, nil
}

func (*people) OpenID(_ context.Context, member string) (string, error) {
	switch member {
	case "ghost":
		return "", domain.ErrNotFound
	case "unlucky":
		return "", domain.ErrUnavailable
	}
	return "openid-" + member, nil
}

func (*people) ByOpenID(_ context.Context, openID string) (string, error) {
	name, ok := strings.CutPrefix(openID, "openid-")
	if !ok {
		return "", domain.ErrNotFound
	}
	return name, nil
}

func (*people) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id, Nickname: id}
	}
	return cards, nil
}

// camps is the one camp c, in Shanghai, its places, and whether its errands are done.
type camps struct {
	camp.Camp
	left, done bool
}

func (c *camps) Many(context.Context, []string) (map[string]camp.Camp, error) {
	return map[string]camp.Camp{"c": c.Camp}, nil
}

func (c *camps) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	return c.Camp, domain.ActorFrom(ctx).Must(right, domain.Place{Organiser: "o", Camp: id})
}

func (c *camps) Has(context.Context, string, string) (bool, error) { return !c.left, nil }

func (c *camps) Done(context.Context, notice.Notice) (bool, error) { return c.done, nil }

type world struct {
	*notice.Service
	store    store
	credits  *domaintest.Store[notice.Credit]
	settings *domaintest.Store[notice.Setting]
	wechat   *weChat
	people   *people
	camp     *camps
	power    *domaintest.Power
	clock    *domaintest.Clock
}

var night = notice.Quiet{From: 22 * 60, To: 7*60 + 30}

// newWorld begins at nine in the morning in Shanghai.
func newWorld() world {
	w := world{
		wechat: &weChat{}, power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T01:00:00Z"), people: &people{},
		camp: &camps{Camp: camp.Camp{Calendar: domain.Calendar{Zone: "Asia/Shanghai"}}},
	}
	w.store, w.credits = store{domaintest.NewStore[notice.Notice](w.power)}, domaintest.NewStore[notice.Credit](w.power)
	w.settings = domaintest.NewStore[notice.Setting](w.power)
	template := notice.Template{ID: "t1", Title: "thing1", Body: "thing2", Time: "time3"}
	w.Service = &notice.Service{
		Store: w.store, Credits: w.credits, Settings: w.settings, WeChat: w.wechat, Members: w.people, Camps: w.camp, Places: w.camp,
		Errands: w.camp, Clock: w.clock, Limits: notice.Limits{PerDay: 3, Quiet: night, Keep: 100 * 24 * time.Hour},
		Templates: map[notice.Kind]notice.Template{notice.ReviewReceived: template, notice.Reminder: template},
	}
	return w
}

func (w world) tell(t testing.TB, id, member string) {
	t.Helper()
	if err := w.Tell(t.Context(), notice.Notice{
		Doc: domain.Doc{ID: id}, Member: member, Kind: notice.ReviewReceived, Title: "老师点评了你的打卡", Body: strings.Repeat("看", 30), Page: "p",
	}); err != nil {
		t.Fatal(err)
	}
}

func (w world) consent(t testing.TB, member, cause string, accepted bool) {
	t.Helper()
	if err := w.Subscribed(t.Context(), "openid-"+member, cause, []wechat.Subscription{{Template: "t1", Accepted: accepted}}); err != nil {
		t.Fatal(err)
	}
}

func (w world) credit(t testing.TB, member string) int {
	t.Helper()
	c, err := w.credits.Get(t.Context(), member+":t1")
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		t.Fatal(err)
	}
	return c.Count
}

func (w world) outcome(t testing.TB, id string) string {
	t.Helper()
	n, err := w.store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(n.Outcome)+" "+n.Reason, " ")
}

func TestNobodyIsToldTwice(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { w.tell(t, "a", "ann") })
	}
	wg.Wait()
	if list := w.store.All(nil); len(list) != 1 || len(w.store.Events("a")) != 1 || list[0].Outcome != notice.Due {
		t.Errorf("%+v", list)
	}
}

// The gate asks in a fixed order, and every no is stored with its reason.
func TestTheGate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		member  string
		change  func(testing.TB, world)
		consent bool
		answer  error
		want    string
		credit  int
		sent    int
		fails   bool
	}{
		"all is well":                             {"ann", nil, true, nil, "sent", 0, 1, false},
		"no template":                             {"ann", func(_ testing.TB, w world) { w.Templates = nil }, true, nil, "refused no_template", 1, 0, false},
		"no template goes before no WeChat":       {"ghost", func(_ testing.TB, w world) { w.Templates = nil }, false, nil, "refused no_template", 0, 0, false},
		"no WeChat goes before no credit":         {"ghost", nil, false, nil, "refused no_wechat", 0, 0, false},
		"no credit":                               {"ann", nil, false, nil, "refused no_credit", 0, 0, false},
		"a person who cannot be looked up":        {"unlucky", nil, true, nil, "due", 1, 0, true},
		"WeChat knows of no consent":              {"ann", func(t testing.TB, w world) { w.consent(t, "ann", "more", true) }, true, wechat.ErrNoConsent, "refused no_consent", 0, 1, false},
		"WeChat refuses the text":                 {"ann", nil, true, wechat.ErrBadMessage, "refused invalid", 0, 1, false},
		"WeChat refuses the template":             {"ann", nil, true, wechat.ErrBadTemplate, "refused invalid", 0, 1, false},
		"WeChat refuses for a reason of its own":  {"ann", nil, true, wechat.ErrRefused, "refused invalid", 0, 1, false},
		"WeChat knows nobody of that name":        {"ann", nil, true, wechat.ErrUnknown, "refused no_wechat", 0, 1, false},
		"too often: later":                        {"ann", nil, true, wechat.ErrTooOften, "due", 0, 1, true},
		"the day's calls are used up: later":      {"ann", nil, true, wechat.ErrQuota, "due", 0, 1, true},
		"our own set-up is wrong: later":          {"ann", nil, true, wechat.ErrSetup, "due", 0, 1, true},
		"no answer: it may have arrived":          {"ann", nil, true, wechat.ErrUnreachable, "refused interrupted", 0, 1, false},
		"a failure nobody knows: it may have too": {"ann", nil, true, errors.New("?"), "refused interrupted", 0, 1, false},
	} {
		w := newWorld()
		if c.consent {
			w.consent(t, c.member, "push", true)
		}
		if c.change != nil {
			c.change(t, w)
		}
		w.wechat.err = c.answer
		w.tell(t, "a", c.member)
		if err := w.Deliver(t.Context(), "a"); (err != nil) != c.fails {
			t.Errorf("%s: %v", name, err)
		}
		if got := w.outcome(t, "a"); got != c.want || w.credit(t, c.member) != c.credit || len(w.wechat.sent) != c.sent {
			t.Errorf("%s: %s, credit %d, sent %d", name, got, w.credit(t, c.member), len(w.wechat.sent))
		}
	}
}

func TestTheMessageFitsWeChatsTemplates(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.consent(t, "ann", "push", true)
	w.tell(t, "a", "ann")
	if err := w.Deliver(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	want := []wechat.Message{{OpenID: "openid-ann", Template: "t1", Page: "p", Values: map[string]string{
		"thing1": "老师点评了你的打卡", "thing2": strings.Repeat("看", 19) + "…", "time3": "2026-03-01 09:00", // in China
	}}}
	if diff := cmp.Diff(want, w.wechat.sent); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestOneConsentIsOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.consent(t, "ann", "push1", true)
	w.consent(t, "ann", "push2", true)
	for _, id := range []string{"a", "b", "c"} {
		w.tell(t, id, "ann")
		for range 2 { // the event is told twice
			if err := w.Deliver(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(w.wechat.sent) != 2 || w.outcome(t, "b") != "sent" || w.outcome(t, "c") != "refused no_credit" {
		t.Errorf("sent %d, c %s", len(w.wechat.sent), w.outcome(t, "c"))
	}
}

func TestTwoWorkersWithTheSameNoticeSendItOnce(t *testing.T) {
	t.Parallel()
	for range 20 {
		w := newWorld()
		w.consent(t, "ann", "push1", true)
		w.consent(t, "ann", "push2", true)
		w.tell(t, "a", "ann")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := w.Deliver(t.Context(), "a"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(w.wechat.sent) != 1 || w.credit(t, "ann") != 1 || w.outcome(t, "a") != "sent" {
			t.Fatalf("sent %d times, %d credits left, %s", len(w.wechat.sent), w.credit(t, "ann"), w.outcome(t, "a"))
		}
	}
}

func TestACrashWhileDeliveringSendsAtMostOnceAndTakesOneCredit(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld()
			w.consent(t, "ann", "push1", true)
			w.consent(t, "ann", "push2", true)
			w.tell(t, "a", "ann")
			w.power.Cut(n, done)
			_ = w.Deliver(t.Context(), "a")
			died := w.power.Restore()
			for range 2 {
				if err := w.Deliver(t.Context(), "a"); err != nil {
					t.Errorf("cut at %d: %v", n, err)
				}
			}
			if len(w.wechat.sent) > 1 || w.credit(t, "ann") != 1 || w.outcome(t, "a") == "due" || w.outcome(t, "a") == "sending" {
				t.Errorf("cut at %d, done %v: sent %d, credit %d, %s", n, done, len(w.wechat.sent), w.credit(t, "ann"), w.outcome(t, "a"))
			}
			if !died {
				break
			}
		}
	}
}

func TestAMessageThatComesTooOftenIsSentLaterWithTheSameConsent(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.consent(t, "ann", "push", true)
	w.tell(t, "a", "ann")
	w.wechat.err = wechat.ErrTooOften
	if err := w.Deliver(t.Context(), "a"); !errors.Is(err, wechat.ErrTooOften) {
		t.Fatal(err)
	}
	w.wechat.err = nil
	if err := w.Deliver(t.Context(), "a"); err != nil || w.outcome(t, "a") != "sent" {
		t.Errorf("%s, %v", w.outcome(t, "a"), err)
	}
}

func TestAPushThatIsDeliveredAgainChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for range 3 {
		w.consent(t, "ann", "yes1", true)
	}
	if got := w.credit(t, "ann"); got != 1 {
		t.Errorf("a repeated yes counts %d", got)
	}
	w.consent(t, "ann", "no", false)
	w.consent(t, "ann", "yes2", true)
	w.consent(t, "ann", "no", false) // again, and late
	if got := w.credit(t, "ann"); got != 1 {
		t.Errorf("a repeated no takes a later yes away: %d", got)
	}
	if err := w.Subscribed(t.Context(), "stranger", "x", []wechat.Subscription{{Template: "t1", Accepted: true}}); err != nil {
		t.Errorf("somebody we do not know: %v", err)
	}
}

func TestConsentsGivenAtOnceAreAllCounted(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() { w.consent(t, "ann", fmt.Sprint("push", i), true) })
	}
	wg.Wait()
	if got := w.credit(t, "ann"); got != 20 {
		t.Errorf("credit %d", got)
	}
}

func TestACreditIsBoundedAndNeverNegative(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var c notice.Credit
		want := 0
		for i := range rapid.IntRange(1, 300).Draw(t, "steps") {
			cause := fmt.Sprint("c", i)
			switch rapid.IntRange(0, 9).Draw(t, "do") {
			case 0:
				if err := c.Withdraw(cause); err == nil {
					want = 0
				}
			case 1, 2, 3:
				ok, err := c.Take(cause)
				if ok != (want > 0) || ok != (err == nil) {
					t.Fatalf("took %v of %d, %v", ok, want, err)
				}
				if ok {
					want--
				}
			default:
				if err := c.Grant(cause); err == nil {
					want = min(want+1, 100)
				}
			}
			if c.Count != want || len(c.Seen) > 50 {
				t.Fatalf("count %d, want %d, %d causes", c.Count, want, len(c.Seen))
			}
		}
	})
}

func TestTheInboxIsOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.tell(t, "a", "ann")
	w.clock.Add(time.Minute)
	w.tell(t, "b", "ann")
	w.tell(t, "c", "bob")
	ann := domain.WithActor(t.Context(), domain.Actor{Member: "ann"})
	for range 2 {
		if _, err := w.Read(ann, "a"); err != nil {
			t.Fatal(err)
		}
	}
	list, unread, _, err := w.Inbox(ann, domain.Page{})
	if err != nil || len(list) != 2 || list[0].ID != "b" || unread != 1 {
		t.Errorf("%d notices, %d unread, %v", len(list), unread, err)
	}
	if _, err := w.Read(ann, "c"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another's: %v", err)
	}
	if _, err := w.Read(t.Context(), "a"); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	if _, _, _, err := w.Inbox(t.Context(), domain.Page{}); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
}

func TestEveryKindIsListedOnce(t *testing.T) {
	t.Parallel()
	if len(notice.Listed) != len(notice.Kinds) {
		t.Errorf("%d kinds are listed of %d", len(notice.Listed), len(notice.Kinds))
	}
	for _, kind := range notice.Listed {
		if _, ok := notice.Kinds[kind]; !ok {
			t.Errorf("%s is no kind", kind)
		}
	}
}
