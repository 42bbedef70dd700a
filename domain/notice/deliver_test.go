package notice_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/wechat"
)

// of tells somebody something about the camp c.
func (w world) of(t testing.TB, id, member string, kind notice.Kind) {
	t.Helper()
	if err := w.Tell(t.Context(), notice.Notice{Doc: domain.Doc{ID: id}, Member: member, Camp: "c", Kind: kind, Title: "题", Body: "文"}); err != nil {
		t.Fatal(err)
	}
}

func (w world) deliver(t testing.TB, id string) string {
	t.Helper()
	if err := w.Deliver(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	return w.outcome(t, id)
}

func as(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name})
}

func TestEveryNoIsStoredWithItsReason(t *testing.T) {
	t.Parallel()
	for reason, change := range map[string]func(world){
		notice.Declined: func(w world) { w.consent(t, "ann", "no", false) },
		notice.Blocked:  func(w world) { w.people.state = member.Blocked },
		notice.LeftCamp: func(w world) { w.camp.left = true },
		notice.CampOff:  func(w world) { w.camp.Messages.Off = true },
		notice.SwitchedOff: func(w world) {
			if _, err := w.Choose(as(t, "ann"), notice.Choice{Off: []notice.Category{notice.Reminders}}); err != nil {
				t.Error(err)
			}
		},
		notice.QuietHours: func(w world) { w.clock.Add(14 * time.Hour) },
		notice.Done:       func(w world) { w.camp.done = true },
	} {
		w := newWorld()
		w.consent(t, "ann", "yes", true)
		change(w)
		w.of(t, "a", "ann", notice.Reminder)
		if got := w.deliver(t, "a"); got != "refused "+reason || len(w.wechat.sent) != 0 {
			t.Errorf("%s: %s, sent %d", reason, got, len(w.wechat.sent))
		}
		inbox, _, _, err := w.Inbox(as(t, "ann"), domain.Page{})
		if want := reason != notice.Done; err != nil || (len(inbox) == 1) != want {
			t.Errorf("%s: %d in the inbox, %v", reason, len(inbox), err)
		}
	}
}

func TestWhatWaitsIsSentOnceWhenQuietHoursEnd(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.consent(t, "ann", "yes", true)
	w.clock.Add(14 * time.Hour) // eleven at night
	w.of(t, "a", "ann", notice.ReviewReceived)
	for range 2 {
		if got := w.deliver(t, "a"); got != "waiting quiet_hours" {
			t.Fatal(got)
		}
	}
	w.clock.Add(8*time.Hour + 29*time.Minute + 59*time.Second)
	if err := w.Wake(t.Context()); err != nil || w.outcome(t, "a") != "waiting quiet_hours" {
		t.Fatalf("a second early: %s, %v", w.outcome(t, "a"), err)
	}
	w.clock.Add(time.Second)
	var both sync.WaitGroup
	for range 2 { // two schedulers
		both.Go(func() {
			if err := w.Wake(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if got := len(w.store.Events("a")); got != 2 { // told, and awake
		t.Errorf("%d events", got)
	}
	for range 2 {
		w.deliver(t, "a")
	}
	if w.outcome(t, "a") != "sent" || len(w.wechat.sent) != 1 || w.credit(t, "ann") != 0 {
		t.Errorf("%s, sent %d", w.outcome(t, "a"), len(w.wechat.sent))
	}
}

func TestQuietHoursAreThePersonsOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		choice notice.Choice
		want   string
	}{
		"in London it is one at night": {notice.Choice{Quiet: night, Zone: "Europe/London"}, "waiting quiet_hours"},
		"in the camp it is nine":       {notice.Choice{Quiet: night}, "sent"},
		"a quiet morning":              {notice.Choice{Quiet: notice.Quiet{From: 8 * 60, To: 10 * 60}}, "waiting quiet_hours"},
		"none":                         {notice.Choice{Zone: "Europe/London"}, "sent"},
	} {
		w := newWorld()
		w.consent(t, "ann", "yes", true)
		if _, err := w.Choose(as(t, "ann"), c.choice); err != nil {
			t.Fatal(err)
		}
		w.of(t, "a", "ann", notice.ReviewReceived)
		if got := w.deliver(t, "a"); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestNobodyGetsMoreThanTheDaysMessagesHoweverManyWorkersThereAre(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var workers sync.WaitGroup
	for i := range 10 {
		w.consent(t, "ann", fmt.Sprint("yes", i), true)
		w.of(t, fmt.Sprint("a", i), "ann", notice.ReviewReceived)
	}
	for i := range 10 {
		workers.Go(func() {
			if err := w.Deliver(t.Context(), fmt.Sprint("a", i)); err != nil {
				t.Error(err)
			}
		})
	}
	workers.Wait()
	if len(w.wechat.sent) != 3 || w.credit(t, "ann") != 7 {
		t.Errorf("sent %d, credit %d", len(w.wechat.sent), w.credit(t, "ann"))
	}
	if capped := w.store.All(func(n notice.Notice) bool { return n.Reason == notice.Capped }); len(capped) != 7 {
		t.Errorf("%d were held back", len(capped))
	}
	w.clock.Add(24 * time.Hour)
	w.of(t, "next", "ann", notice.ReviewReceived)
	if got := w.deliver(t, "next"); got != "sent" {
		t.Errorf("the next day: %s", got)
	}
}

func TestWhatAnEarlierTryHadTakenIsGivenBackWhenTheMessageIsNotSentAfterAll(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.consent(t, "ann", "yes", true)
	w.of(t, "a", "ann", notice.Reminder)
	w.wechat.err = wechat.ErrTooOften
	if err := w.Deliver(t.Context(), "a"); !errors.Is(err, wechat.ErrTooOften) || w.credit(t, "ann") != 0 {
		t.Fatalf("%v, credit %d", err, w.credit(t, "ann"))
	}
	w.wechat.err, w.camp.done = nil, true // handed in meanwhile
	if got := w.deliver(t, "a"); got != "refused done" || w.credit(t, "ann") != 1 {
		t.Errorf("%s, credit %d", got, w.credit(t, "ann"))
	}
}

func TestWhatWeChatSaysLaterIsNotedWhereItIsClearWhichMessageItMeans(t *testing.T) {
	t.Parallel()
	w := newWorld()
	says := func(r wechat.SentResult) {
		t.Helper()
		if err := w.Delivered(t.Context(), "openid-ann", []wechat.SentResult{r}); err != nil {
			t.Fatal(err)
		}
	}
	delivery := func(id string) string {
		n, err := w.store.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return n.Delivery
	}
	for i, id := range []string{"a", "b", "c"} {
		w.consent(t, "ann", fmt.Sprint("yes", i), true)
		w.of(t, id, "ann", notice.ReviewReceived)
	}
	w.deliver(t, "a")
	says(wechat.SentResult{Template: "other", OK: true})
	if got := delivery("a"); got != "" {
		t.Errorf("of another template: %q", got)
	}
	says(wechat.SentResult{Template: "t1", OK: true})
	w.wechat.err = wechat.ErrUnreachable
	w.deliver(t, "b")
	says(wechat.SentResult{Template: "t1", OK: true})
	if diff := cmp.Diff([]string{"delivered", "delivered", "sent"}, []string{delivery("a"), delivery("b"), w.outcome(t, "b")}); diff != "" {
		t.Errorf("one that had seemed lost (-want +got)\n%s", diff)
	}
	w.wechat.err = nil
	w.deliver(t, "c")
	w.clock.Add(24*time.Hour - time.Second)
	w.consent(t, "ann", "yes4", true)
	w.of(t, "d", "ann", notice.ReviewReceived)
	w.deliver(t, "d")
	says(wechat.SentResult{Template: "t1", OK: true})
	if delivery("c") != "" || delivery("d") != "" {
		t.Errorf("nobody knows which of the two it was: %q, %q", delivery("c"), delivery("d"))
	}
	w.clock.Add(2 * time.Second)
	says(wechat.SentResult{Template: "t1", Reason: "reject"})
	if delivery("c") != "" || delivery("d") != "failed reject" || w.outcome(t, "d") != "sent" {
		t.Errorf("%q, %q", delivery("c"), delivery("d"))
	}
	if err := w.Delivered(t.Context(), "stranger", []wechat.SentResult{{Template: "t1"}}); err != nil {
		t.Errorf("somebody we do not know: %v", err)
	}
}

func TestEverythingIsReadAtOnceAndWhatComesLaterIsNot(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 3 {
		w.of(t, fmt.Sprint("a", i), "ann", notice.ReviewReceived)
	}
	for range 2 {
		if err := w.ReadAll(as(t, "ann")); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.Add(time.Second)
	w.of(t, "new", "ann", notice.ReviewReceived)
	list, unread, _, err := w.Inbox(as(t, "ann"), domain.Page{})
	if err != nil || unread != 1 || len(list) != 4 {
		t.Fatalf("%d of %d unread, %v", unread, len(list), err)
	}
	for _, n := range list {
		if n.ReadAt.IsZero() != (n.ID == "new") {
			t.Errorf("%s was read at %v", n.ID, n.ReadAt)
		}
	}
	if err := w.ReadAll(t.Context()); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
}

func TestTheInboxForgetsAndIsNotToldAgainWhatItForgot(t *testing.T) {
	t.Parallel()
	w := newWorld()
	caused := w.clock.Now()
	w.of(t, "old", "ann", notice.ReviewReceived)
	w.clock.Add(50 * 24 * time.Hour)
	w.of(t, "young", "ann", notice.ReviewReceived)
	w.clock.Add(51 * 24 * time.Hour)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Tell(t.Context(), notice.Notice{Doc: domain.Doc{ID: "old"}, Member: "ann", Kind: notice.ReviewReceived, At: caused}); err != nil {
		t.Fatal(err)
	}
	if list := w.store.All(nil); len(list) != 1 || list[0].ID != "young" {
		t.Errorf("%+v", list)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	w := newWorld()
	if got, err := w.MyChoice(as(t, "ann")); err != nil || got.Quiet != night {
		t.Errorf("%+v, %v", got, err)
	}
	for name, c := range map[string]notice.Choice{
		"an unknown category":      {Off: []notice.Category{"all"}},
		"too many":                 {Off: slices.Repeat([]notice.Category{"reminders"}, len(notice.Categories)+1)},
		"a zone that is none":      {Zone: "Mars/Base"},
		"an hour that is none":     {Quiet: notice.Quiet{From: 24 * 60}},
		"an hour before midnight ": {Quiet: notice.Quiet{To: -1}},
	} {
		if _, err := w.Choose(as(t, "ann"), c); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Choose(t.Context(), notice.Choice{}); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	want := notice.Choice{Off: []notice.Category{notice.CampNews}, Quiet: notice.Quiet{From: 60, To: 61}, Zone: "Asia/Tokyo"}
	if _, err := w.Choose(as(t, "ann"), want); err != nil {
		t.Fatal(err)
	}
	got, err := w.MyChoice(as(t, "ann"))
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestOneTemplateOfSeveralKindsIsOfferedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.consent(t, "ann", "yes", true)
	if _, err := w.Choose(as(t, "ann"), notice.Choice{Off: []notice.Category{notice.Reminders}}); err != nil {
		t.Fatal(err)
	}
	got, err := w.Offers(as(t, "ann"))
	want := []notice.Offer{{Template: "t1", Kinds: []notice.Kind{notice.ReviewReceived, notice.Reminder}, Credit: 1}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestStaffSeeWhoWasToldWhatAndWhyNot(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, name := range []string{"ann", "bob"} {
		w.of(t, "to-"+name, name, notice.Reminder)
	}
	w.consent(t, "ann", "yes", true)
	w.deliver(t, "to-ann")
	w.deliver(t, "to-bob")
	teacher := domain.WithActor(t.Context(), domain.Actor{Member: "tess", Grants: []domain.Grant{
		{Scope: domain.ScopeCamp, ID: "c", Organiser: "o", Role: domain.RoleReviewer},
	}})
	for _, c := range []struct {
		filter notice.Filter
		want   []string
	}{
		{notice.Filter{}, []string{"ann", "bob"}}, {notice.Filter{Member: "bob"}, []string{"bob"}},
		{notice.Filter{Result: "sent"}, []string{"ann"}}, {notice.Filter{Result: notice.NoCredit}, []string{"bob"}}, {notice.Filter{Result: notice.Capped}, nil},
	} {
		log, err := w.OfCamp(teacher, "c", c.filter, domain.Page{})
		var got []string
		for _, e := range log.Entries {
			got = append(got, e.To.Nickname)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%+v: %v (-want +got)\n%s", c.filter, err, diff)
		}
	}
	if _, err := w.OfCamp(as(t, "ann"), "c", notice.Filter{}, domain.Page{}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a learner: %v", err)
	}
	for _, f := range []notice.Filter{{Member: "../x"}, {Result: "because"}} {
		if _, err := w.OfCamp(teacher, "c", f, domain.Page{}); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
