package export_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/export"
	"yingdi/domain/form"
	"yingdi/domain/review"
)

func TestWhatEachKindHolds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[export.Kind]string{
		export.Learners: "[学员] 学员编号|昵称|手机号|小组|报名时间|打卡天数|最近打卡日\nm0|小m0|138****8000|清晨组|2026-03-01 09:00|2|2026-03-02|\nm1|小m1|138****8000||2026-03-01 09:00|0||\n",
		export.Forms:    "[报名表] 学员编号|昵称|填写时间|报名表版本|同意个人信息说明|姓名|手机\nm0|小m0||1|已同意|true|false|\nm1|小m1||1|已同意|true|false|\n",
		export.Checkins: "[打卡] 日期|第几天|任务|学员编号|昵称|内容|附件数|可见范围|状态|点赞|评论|已点评|提交时间|修改时间\n" +
			"2026-03-02|2|读一段|m1|小m1|读了|0|仅老师|已公开|0|0|否|2026-03-01 09:00||\n",
		export.Marks: "[点评] 日期|第几天|任务|学员编号|昵称|分数|点评|老师|发布时间|第几次发布\n2026-03-02|2|读一段|m1|小m1|90|好|小t|2026-03-01 09:00|2|\n" +
			"[测评] 测评|学员编号|昵称|第几次|状态|得分|满分|及格|待批改|开始时间|交卷时间\n周测|m0|小m0|1|已提交|2.5|4|是|0|||\n",
	} {
		w := newWorld()
		w.facts.learners, w.facts.phone, w.facts.reply = []string{"m0", "m1"}, "13800138000", &form.Reply{Version: 1, Consent: 1}
		w.facts.handIn(3)
		w.facts.reviews = map[string]review.Review{
			"k0": {Learner: "m0", Draft: review.Mark{Text: "草稿"}},
			"k1": {Learner: "m1", Reviewer: "t", Round: 2, History: []review.Past{{Reviewer: "t"}}, Draft: review.Mark{Text: "还没发布"}, Released: review.Mark{Text: "好", Points: 90}, ReleasedAt: time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)},
		}
		e := w.ask(t, as(t, "teacher", domain.RoleTeacher), export.Form{Kind: kind, From: "2026-03-02", To: "2026-03-02"})
		if err := w.run(t, e.ID); err != nil {
			t.Fatal(kind, err)
		}
		if diff := cmp.Diff(want, w.bucket.files[e.Key]); diff != "" {
			t.Errorf("%s (-want +got)\n%s", kind, diff)
		}
		e = w.get(t, e.ID)
		if e.State != export.Done || e.Rows != int64(strings.Count(want, "\n")-strings.Count(want, "[")) || e.Size != int64(len(want)) || w.books.open != 0 {
			t.Errorf("%s: %+v, %d files left on disk", kind, e, w.books.open)
		}
	}
}

func TestNamesAndPhonesAreMaskedUnlessTheRightSaysOtherwise(t *testing.T) {
	t.Parallel()
	for role, want := range map[domain.Role]string{
		domain.RoleOwner: "小m0|13800138000", domain.RoleTeacher: "小m0|138****8000", domain.RoleManager: "小**|138****8000",
	} {
		w := newWorld()
		w.facts.learners, w.facts.phone = []string{"m0"}, "13800138000"
		e := w.ask(t, as(t, "x", role), export.Form{Kind: export.Learners})
		if err := w.run(t, e.ID); err != nil || !strings.Contains(w.bucket.files[e.Key], want) {
			t.Errorf("%s: %q, %v", role, w.bucket.files[e.Key], err)
		}
	}
}

func TestWhoMayExport(t *testing.T) {
	t.Parallel()
	w := newWorld()
	owners := w.ask(t, as(t, "owner", domain.RoleOwner), export.Form{Kind: export.Learners})
	if err := w.run(t, owners.ID); err != nil {
		t.Fatal(err)
	}
	nobody := t.Context()
	stranger := domain.WithActor(t.Context(), domain.Actor{Member: "s"})
	for name, c := range map[string]struct {
		ctx   context.Context
		ask   error
		link  error
		audit error
	}{
		"nobody":   {nobody, domain.ErrUnauthenticated, domain.ErrUnauthenticated, domain.ErrUnauthenticated},
		"stranger": {stranger, domain.ErrForbidden, domain.ErrForbidden, domain.ErrForbidden},
		"reviewer": {as(t, "r", domain.RoleReviewer), domain.ErrForbidden, domain.ErrForbidden, domain.ErrForbidden},
		"teacher":  {as(t, "t", domain.RoleTeacher), nil, domain.ErrForbidden, domain.ErrForbidden}, // whole phones are not theirs to have
		"manager":  {as(t, "m", domain.RoleManager), nil, domain.ErrForbidden, domain.ErrForbidden},
		"owner":    {as(t, "o", domain.RoleOwner), nil, nil, nil},
	} {
		_, ask := w.Ask(c.ctx, "c1", export.Form{Kind: export.Checkins})
		_, link := w.Link(c.ctx, "c1", owners.ID)
		_, _, audit := w.Audit(c.ctx, "o1", domain.Page{})
		_, _, _, list := w.OfCamp(c.ctx, "c1", domain.Page{})
		_, cancel := w.Cancel(c.ctx, "c1", owners.ID)
		for what, got := range map[string][2]error{"ask": {ask, c.ask}, "link": {link, c.link}, "audit": {audit, c.audit}, "list": {list, c.ask}, "cancel": {cancel, c.ask}} {
			if !errors.Is(got[0], got[1]) {
				t.Errorf("%s, %s: %v, want %v", name, what, got[0], got[1])
			}
		}
	}
	if _, err := w.Link(as(t, "o", domain.RoleOwner), "c2", owners.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("by another camp: %v", err)
	}
	if _, _, err := w.Audit(as(t, "o", domain.RoleOwner), "o2", domain.Page{}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("another organiser's audit: %v", err)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for name, f := range map[string]export.Form{
		"no kind": {}, "an unknown kind": {Kind: "all"}, "no day": {Kind: export.Marks, From: "yesterday"}, "no last day": {Kind: export.Marks, To: "2026-02-30"},
		"days turned round": {Kind: export.Checkins, From: "2026-03-02", To: "2026-03-01"},
	} {
		if _, err := w.Ask(as(t, "t", domain.RoleTeacher), "c1", f); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPersonHasTwoOpenExportsAtMostHoweverManyAskAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ctx := as(t, "t", domain.RoleTeacher)
	var got, refused atomic.Int32
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			switch _, err := w.Ask(ctx, "c1", export.Form{Kind: export.Learners}); {
			case err == nil:
				got.Add(1)
			case errors.Is(err, export.ErrBusy):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got.Load() != 2 || refused.Load() != 8 {
		t.Fatalf("%d were taken and %d refused", got.Load(), refused.Load())
	}
	w.ask(t, as(t, "other", domain.RoleTeacher), export.Form{Kind: export.Learners})
	first := w.store.All(nil)[0]
	if _, err := w.Cancel(ctx, "c1", first.ID); err != nil {
		t.Fatal(err)
	}
	w.ask(t, ctx, export.Form{Kind: export.Learners})
}

func TestAnExportIsReadInPagesAndShowsHowFarItIs(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.facts.handIn(2500)
	e := w.ask(t, as(t, "t", domain.RoleTeacher), export.Form{Kind: export.Checkins})
	var seen []int64
	w.books.hook = func(rows int) error {
		if rows%500 == 0 {
			now := w.get(t, e.ID)
			seen = append(seen, now.Done, now.Total)
		}
		return nil
	}
	if err := w.run(t, e.ID); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{0, 2500, 0, 2500, 1000, 2500, 1000, 2500, 2000, 2500}, seen); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if pages := 3 * 25; w.facts.asked != pages {
		t.Errorf("%d look-ups for 2500 check-ins", w.facts.asked)
	}
}

func TestAnExportThatIsKilledStartsAgainAndEndsInOneFile(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 6; n++ {
		for _, done := range []bool{false, true} {
			w := newWorld()
			w.facts.handIn(1200)
			e := w.ask(t, as(t, "t", domain.RoleTeacher), export.Form{Kind: export.Checkins})
			w.power.Cut(n, done)
			_ = w.run(t, e.ID)
			w.power.Restore()
			for range 2 {
				if err := w.run(t, e.ID); err != nil {
					t.Fatal(n, err)
				}
			}
			e = w.get(t, e.ID)
			if e.State != export.Done || e.Rows != 1200 || len(w.bucket.files) != 1 || strings.Count(w.bucket.files[e.Key], "\n") != 1201 || w.books.open != 0 {
				t.Errorf("killed at %d: %+v, %d files", n, e, len(w.bucket.files))
			}
		}
	}
}

func TestAWorkerThatWasThoughtDeadWritesNothingMore(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.facts.handIn(3000)
	e := w.ask(t, as(t, "t", domain.RoleTeacher), export.Form{Kind: export.Checkins})
	second := false
	w.books.hook = func(rows int) error {
		if rows == 1500 && !second {
			second = true
			return w.run(t, e.ID)
		}
		return nil
	}
	if err := w.run(t, e.ID); err != nil {
		t.Fatal(err)
	}
	if e = w.get(t, e.ID); e.State != export.Done || e.Turn != 2 || len(w.bucket.files) != 1 {
		t.Errorf("%+v, %d files", e, len(w.bucket.files))
	}
}

func TestACancelledExportLeavesNoFile(t *testing.T) {
	t.Parallel()
	ctx := as(t, "t", domain.RoleTeacher)
	for name, when := range map[string]func(w *world, cancel func()){
		"before it began": func(_ *world, cancel func()) { cancel() },
		"half-way":        func(w *world, cancel func()) { w.books.hook = func(int) error { cancel(); return nil } },
		"at the very end": func(w *world, cancel func()) { w.bucket.hook = cancel },
	} {
		w := newWorld()
		w.facts.handIn(2000)
		e := w.ask(t, ctx, export.Form{Kind: export.Checkins})
		when(w, func() {
			if _, err := w.Cancel(ctx, "c1", e.ID); err != nil {
				t.Error(err)
			}
		})
		for range 2 {
			if err := w.run(t, e.ID); err != nil {
				t.Fatal(name, err)
			}
		}
		if got := w.get(t, e.ID); got.State != export.Cancelled || len(w.bucket.files) != 0 || w.books.open != 0 {
			t.Errorf("%s: %s, %d files", name, got.State, len(w.bucket.files))
		}
		if _, err := w.Link(ctx, "c1", e.ID); !errors.Is(err, export.ErrNotDone) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEachLinkIsOnRecordAndShortLivedAndTheFileGoesAfterAWeek(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(), as(t, "t", domain.RoleTeacher)
	e := w.ask(t, ctx, export.Form{Kind: export.Learners})
	if _, err := w.Link(ctx, "c1", e.ID); !errors.Is(err, export.ErrNotDone) {
		t.Fatal(err)
	}
	if err := w.run(t, e.ID); err != nil {
		t.Fatal(err)
	}
	link, err := w.Link(ctx, "c1", e.ID)
	if err != nil || !strings.Contains(link, "until=2026-03-05T01:05:00Z") {
		t.Fatal(link, err)
	}
	w.clock.Add(time.Hour)
	if _, err := w.Link(as(t, "owner", domain.RoleOwner), "c1", e.ID); err != nil {
		t.Fatal(err)
	}
	list, _, err := w.Audit(as(t, "owner", domain.RoleOwner), "o1", domain.Page{})
	if err != nil || len(list) != 1 || list[0].Fetched != 2 || list[0].Fetches[1].Who.Nickname != "小owner" || list[0].Who.Nickname != "小t" {
		t.Fatalf("%+v, %v", list, err)
	}
	w.clock.Add(export.Keep - time.Hour - time.Second)
	if err := w.Sweep(t.Context()); err != nil || len(w.bucket.files) != 1 {
		t.Fatalf("too early: %v", err)
	}
	w.clock.Add(time.Minute)
	if _, err := w.Link(ctx, "c1", e.ID); !errors.Is(err, export.ErrGone) {
		t.Errorf("its time is over: %v", err)
	}
	for range 2 {
		if err := w.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if e = w.get(t, e.ID); e.State != export.Expired || len(w.bucket.files) != 0 || e.Fetched != 2 {
		t.Errorf("%+v, %d files", e, len(w.bucket.files))
	}
	if _, err := w.Link(ctx, "c1", e.ID); !errors.Is(err, export.ErrGone) {
		t.Error(err)
	}
}

func TestAnExportThatNothingIsHeardOfGivesItsSlotBack(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(), as(t, "t", domain.RoleTeacher)
	dead := w.ask(t, ctx, export.Form{Kind: export.Learners})
	w.power.Cut(2, true)
	_ = w.run(t, dead.ID)
	w.power.Restore()
	w.clock.Add(export.Patience - time.Minute)
	alive := w.ask(t, ctx, export.Form{Kind: export.Learners})
	w.clock.Add(2 * time.Minute)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.get(t, dead.ID); got.State != export.Failed || got.Failure == "" || w.get(t, alive.ID).State != export.Waiting {
		t.Errorf("%+v", got)
	}
	w.ask(t, ctx, export.Form{Kind: export.Learners})
	if err := w.run(t, dead.ID); err != nil || w.get(t, dead.ID).State != export.Failed || len(w.bucket.files) != 0 {
		t.Errorf("a job that comes too late: %v", err)
	}
}

func TestWhatTryingAgainDoesNotMendFailsAndSaysWhy(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(), as(t, "t", domain.RoleTeacher)
	e := w.ask(t, ctx, export.Form{Kind: export.Learners})
	w.facts.learners = make([]string, export.MaxRows+1)
	if err := w.run(t, e.ID); err != nil {
		t.Fatal(err)
	}
	if e = w.get(t, e.ID); e.State != export.Failed || e.Failure != "数据超过 300 万行，请缩小日期范围" {
		t.Errorf("%+v", e)
	}
	e = w.ask(t, ctx, export.Form{Kind: export.Checkins})
	w.facts.handIn(1)
	w.books.hook = func(int) error { return domain.ErrUnavailable }
	if err := w.run(t, e.ID); !errors.Is(err, domain.ErrUnavailable) || !w.get(t, e.ID).Open() {
		t.Errorf("what may mend is to be tried again: %v", err)
	}
}

func TestTheFileOfAnExportIsGuessedByNobody(t *testing.T) {
	t.Parallel()
	w := newWorld()
	a := w.ask(t, as(t, "a", domain.RoleTeacher), export.Form{Kind: export.Learners})
	b := w.ask(t, as(t, "b", domain.RoleTeacher), export.Form{Kind: export.Learners})
	secret := strings.Split(a.Key, "/")[1]
	if len(secret) < 20 || strings.Contains(b.Key, secret) || !strings.HasSuffix(a.Key, "/yingdi-learners-2026-03-05.xlsx") {
		t.Errorf("%s, %s", a.Key, b.Key)
	}
}
