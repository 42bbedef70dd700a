package checkin_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/notice"
)

type tags struct {
	*domaintest.Store[checkin.Tag]
}

func (s tags) OfCheckin(_ context.Context, id string, page domain.Page) ([]checkin.Tag, domain.Cursor, error) {
	return s.Find(func(t checkin.Tag) bool { return t.On && t.Checkin == id }, nil, page)
}

func onTopic(campID, topic string) func(checkin.Tag) bool {
	return func(t checkin.Tag) bool { return t.On && t.Camp == campID && t.Topic == topic }
}

func (s tags) OfTopic(_ context.Context, campID, topic string, page domain.Page) ([]checkin.Tag, domain.Cursor, error) {
	return s.Find(onTopic(campID, topic), func(a, b checkin.Tag) int { return b.At.Compare(a.At) }, page)
}

func (s tags) CountTopic(_ context.Context, campID, topic string) (int64, error) {
	return s.Count(onTopic(campID, topic))
}

type topics struct {
	*domaintest.Store[checkin.Topic]
}

func (s topics) OfCamp(_ context.Context, campID string, page domain.Page) ([]checkin.Topic, domain.Cursor, error) {
	return s.Find(func(t checkin.Topic) bool { return t.Camp == campID && t.Count > 0 },
		func(a, b checkin.Topic) int { return b.Count - a.Count }, page)
}

// told keeps what people are told, each cause once.
type told struct {
	mu   sync.Mutex
	list []notice.Notice
}

func (s *told) Tell(_ context.Context, n notice.Notice) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, had := range s.list {
		if had.ID == n.ID {
			return nil
		}
	}
	s.list = append(s.list, n)
	return nil
}

// tagged does what the workers do after the newest events of a check-in, and of its tags.
func (w world) tagged(t testing.TB, id string) {
	t.Helper()
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	must(t, w.Moderate(ctx, id))
	must(t, w.Tag(ctx, id))
	for _, tag := range w.tags.All(nil) {
		must(t, w.CountTopic(ctx, tag.ID))
	}
}

// shows hands in for a day and lets everybody see it.
func (w world) shows(t testing.TB, who string, day domain.Day, text string) checkin.Checkin {
	t.Helper()
	w.goTo(day)
	c := w.submit(t, who, checkin.Form{Text: text})
	w.tagged(t, c.ID)
	return c
}

func reviewer(t testing.TB) context.Context { return staff(t, "o1", "c1", domain.RoleReviewer) }

// texts of what somebody sees in the feed; the pinned ones are marked.
func (w world) texts(t testing.TB, ctx context.Context, look checkin.Look, page domain.Page) (seen []string) {
	t.Helper()
	list, _, err := w.Feed(ctx, "c1", look, page)
	must(t, err)
	for _, e := range list {
		text := e.Text
		if e.Pinned {
			text = "^" + text
		}
		seen = append(seen, text)
	}
	return seen
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestPinnedCheckInsComeFirstAndOnlyOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	first := w.shows(t, "ann", "2026-03-02", "一")
	w.shows(t, "ann", "2026-03-03", "二")
	w.shows(t, "bob", "2026-03-04", "三")
	refused(t, "a learner pins", w.Service.Pin(as(t, "bob"), first.ID, true), domain.ErrForbidden)
	must(t, w.Service.Pin(reviewer(t), first.ID, true))
	must(t, w.Service.Pin(reviewer(t), first.ID, true))
	same(t, "all", w.texts(t, as(t, "bob"), checkin.Look{}, domain.Page{}), []string{"^一", "三", "二"})
	same(t, "only pinned", w.texts(t, as(t, "bob"), checkin.Look{Only: checkin.OnlyPinned}, domain.Page{}), []string{"^一"})
	_, next, err := w.Feed(as(t, "bob"), "c1", checkin.Look{}, domain.Page{Limit: 2})
	must(t, err)
	same(t, "page two", w.texts(t, as(t, "bob"), checkin.Look{}, domain.Page{Limit: 2, After: next}), []string(nil))

	if _, err := w.Service.Hide(reviewer(t), first.ID, "不合适"); err != nil {
		t.Fatal(err)
	}
	same(t, "hidden", w.texts(t, as(t, "bob"), checkin.Look{}, domain.Page{}), []string{"三", "二"})
	same(t, "what is hidden, to staff", w.texts(t, reviewer(t), checkin.Look{Only: checkin.OnlyHidden}, domain.Page{}), []string{"一"})
	if _, _, err := w.Feed(as(t, "bob"), "c1", checkin.Look{Only: checkin.OnlyHidden}, domain.Page{}); err == nil {
		t.Error("a learner sees what is hidden")
	}
	if _, err := w.Service.Show(reviewer(t), first.ID, 1); err != nil {
		t.Fatal(err)
	}
	same(t, "shown again", w.texts(t, as(t, "bob"), checkin.Look{}, domain.Page{}), []string{"^一", "三", "二"})
	must(t, w.Service.Pin(reviewer(t), first.ID, false))
	must(t, w.Service.Pin(reviewer(t), first.ID, false))
	same(t, "undone", w.texts(t, as(t, "bob"), checkin.Look{}, domain.Page{}), []string{"三", "二", "一"})
}

func TestWhatWasDeletedIsNotPinnedAndNorIsWhatComesInItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.shows(t, "ann", "2026-03-05", "早")
	must(t, w.Service.Pin(reviewer(t), c.ID, true))
	w.clock.Add(time.Minute)
	must(t, w.Delete(as(t, "ann"), c.ID))
	deleted := w.clock.Now()
	same(t, "deleted", w.texts(t, as(t, "bob"), checkin.Look{}, domain.Page{}), []string(nil))
	w.clock.Add(time.Minute)
	again := w.submit(t, "ann", checkin.Form{Text: "晚"})
	w.tagged(t, again.ID)
	same(t, "before the job", w.texts(t, as(t, "bob"), checkin.Look{}, domain.Page{}), []string{"晚"})
	must(t, w.Service.Pin(reviewer(t), c.ID, true))
	must(t, w.Wipe(t.Context(), c.ID, deleted, nil))
	same(t, "pinned anew, and then the job", w.texts(t, as(t, "bob"), checkin.Look{}, domain.Page{}), []string{"^晚"})
	must(t, w.Delete(as(t, "ann"), c.ID))
	must(t, w.Wipe(t.Context(), c.ID, w.clock.Now(), nil))
	if wall, err := w.Wall(t.Context(), "c1"); err != nil || len(wall.Pins) != 0 {
		t.Errorf("left on the wall: %+v, %v", wall, err)
	}
}

func TestFivePinsAndNotOneMoreHoweverManyTryAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var ids []string
	for i := range 8 {
		ids = append(ids, w.shows(t, "ann", domain.Day("2026-03-02").Add(i), fmt.Sprint(i)).ID)
	}
	var wg sync.WaitGroup
	errs := make([]error, len(ids))
	for i, id := range ids {
		wg.Go(func() { errs[i] = w.Service.Pin(reviewer(t), id, true) })
	}
	wg.Wait()
	full := 0
	for i, err := range errs {
		if err != nil {
			refused(t, ids[i], err, checkin.ErrPinsFull)
			full++
		}
	}
	wall, err := w.Wall(t.Context(), "c1")
	if err != nil || full != 3 || len(wall.Pins) != checkin.MaxPins {
		t.Fatalf("%d refused, %d pinned, %v", full, len(wall.Pins), err)
	}
	var rest string
	for i, err := range errs {
		if err != nil {
			rest = ids[i]
		}
	}
	gone := wall.Pins[2].Checkin
	if _, err := w.Service.Hide(reviewer(t), gone, "不合适"); err != nil {
		t.Fatal(err)
	}
	must(t, w.Service.Pin(reviewer(t), rest, true)) // in the place of what nobody sees
	refused(t, "what is hidden", w.Service.Pin(reviewer(t), gone, true), checkin.ErrInvisible)
}

func TestWhoIsFeaturedHearsOfItOnceADay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.shows(t, "ann", "2026-03-05", "好")
	w.shows(t, "bob", "2026-03-05", "也好")
	refused(t, "a learner", w.Service.Feature(as(t, "bob"), c.ID, true), domain.ErrForbidden)
	feature := func(on bool) time.Time {
		t.Helper()
		w.clock.Add(time.Second)
		must(t, w.Service.Feature(reviewer(t), c.ID, on))
		return w.clock.Now()
	}
	mistaken := feature(true)
	feature(false)
	must(t, w.TellFeatured(t.Context(), c.ID, mistaken))
	same(t, "taken back before the job", len(w.told.list), 0)
	at := feature(true)
	feature(true)
	for range 2 {
		must(t, w.TellFeatured(t.Context(), c.ID, at))
	}
	same(t, "told", len(w.told.list), 1)
	same(t, "whom", w.told.list[0].Member, "ann")
	same(t, "feed", w.texts(t, as(t, "bob"), checkin.Look{Only: checkin.OnlyFeatured}, domain.Page{}), []string{"好"})
	feature(false)
	must(t, w.TellFeatured(t.Context(), c.ID, feature(true)))
	same(t, "featured again the same day", len(w.told.list), 1)
	feature(false)
	w.clock.Add(24 * time.Hour)
	must(t, w.TellFeatured(t.Context(), c.ID, feature(true)))
	same(t, "and the day after", len(w.told.list), 2)
	if _, err := w.Service.Hide(reviewer(t), c.ID, "不合适"); err != nil {
		t.Fatal(err)
	}
	same(t, "hidden", w.texts(t, as(t, "bob"), checkin.Look{Only: checkin.OnlyFeatured}, domain.Page{}), []string(nil))
}

func TestTopicsOfATextHoweverTheyAreTyped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"#晨读 今天读了":                    {"晨读"},
		"#晨读#今天读了":                    {"晨读"},
		"今天＃晨读＃":                      {"晨读"},
		"#Go语言 #ＧＯ语言 #go语言#":          {"go语言"},
		"#早 #":                        nil,
		"#早#晚安":                       {"晚安"},
		"#一一 #二二 #三三 #四四":             {"一一", "二二", "三三"},
		"#晨读##打卡#":                    {"晨读", "打卡"},
		"#" + strings.Repeat("长", 21): nil,
		"没有话题 C# 100":                 nil,
		"#day01，开始":                   {"day01"},
	} {
		same(t, text, checkin.Checkin{Text: text}.Topics(), want)
	}
}

func TestATopicShowsWhatIsAboutItAndVisible(t *testing.T) {
	t.Parallel()
	w := newWorld()
	teacher := staff(t, "o1", "c1", domain.RoleTeacher)
	_, err := w.OfferTopics(reviewer(t), "c1", []string{"每日一句"})
	refused(t, "a reviewer offers topics", err, domain.ErrForbidden)
	_, err = w.OfferTopics(teacher, "c1", []string{"不 行"})
	refused(t, "no topic", err, domain.ErrInvalid)
	if _, err := w.OfferTopics(teacher, "c1", []string{"#每日一句#", "每日一句", "晨读"}); err != nil {
		t.Fatal(err)
	}
	w.shows(t, "ann", "2026-03-02", "#晨读 一")
	other := w.shows(t, "bob", "2026-03-03", "#晨读 二 #自创#")
	w.goTo("2026-03-04")
	_, _, err = w.Submit(as(t, "ann"), "c1", "t-2026-03-04", checkin.Form{Text: "三", Topics: []string{"没有的"}})
	refused(t, "a topic that is not offered", err, checkin.ErrNoTopic)
	third := w.submit(t, "ann", checkin.Form{Text: "三", Topics: []string{"#每日一句"}})
	w.tagged(t, third.ID)

	bob := as(t, "bob")
	about := func(topic string) []string { return w.texts(t, bob, checkin.Look{Topic: topic}, domain.Page{}) }
	count := func() map[string]int {
		t.Helper()
		list, _, err := w.TopicsOf(bob, "c1", domain.Page{})
		must(t, err)
		counts := map[string]int{}
		for _, o := range list {
			counts[o.Name] = o.Count
		}
		return counts
	}
	same(t, "晨读", about("＃晨读"), []string{"#晨读 二 #自创#", "#晨读 一"})
	same(t, "chosen", about("每日一句"), []string{"三"})
	same(t, "counts", count(), map[string]int{"每日一句": 1, "晨读": 2, "自创": 1})
	_, _, err = w.Feed(bob, "c1", checkin.Look{Topic: "!"}, domain.Page{})
	refused(t, "no topic at all", err, domain.ErrInvalid)

	must(t, w.Rule(t.Context(), other.ID, 1, checkin.Hidden, "不合适"))
	same(t, "hidden, before any job", about("晨读"), []string{"#晨读 一"})
	w.tagged(t, other.ID)
	same(t, "hidden", count(), map[string]int{"每日一句": 1, "晨读": 1})
	must(t, w.Rule(t.Context(), other.ID, 1, checkin.Visible, ""))
	w.tagged(t, other.ID)
	same(t, "shown again", count(), map[string]int{"每日一句": 1, "晨读": 2, "自创": 1})

	if _, err := w.Edit(as(t, "ann"), third.ID, checkin.Form{Text: "改成 #晨读"}); err != nil {
		t.Fatal(err)
	}
	same(t, "edited, before any job", about("每日一句"), []string(nil))
	w.tagged(t, third.ID)
	same(t, "edited", count(), map[string]int{"每日一句": 0, "晨读": 3, "自创": 1})
	must(t, w.Delete(as(t, "ann"), third.ID))
	w.tagged(t, third.ID)
	same(t, "deleted", count(), map[string]int{"每日一句": 0, "晨读": 2, "自创": 1})
}

func TestEventsThatTellOfTopicsComeOnlyFromThoseWhoHaveThem(t *testing.T) {
	t.Parallel()
	w := newWorld()
	events := func(id string) (shown int) {
		c, err := w.Service.Get(t.Context(), id)
		must(t, err)
		for _, e := range c.Outbox {
			if e.Type == checkin.EventShown {
				shown++
			}
		}
		return shown
	}
	same(t, "without", events(w.shows(t, "ann", "2026-03-05", "早").ID), 0)
	same(t, "with", events(w.shows(t, "bob", "2026-03-05", "#晨读").ID), 1)
}

func TestAnEditLetsTheFilesGoThatItDrops(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.picture(t, "ann_1", "passed")
	w.picture(t, "ann_2", "passed")
	c := w.submit(t, "ann", checkin.Form{Media: []string{"ann_1", "ann_2"}})
	must(t, w.Moderate(t.Context(), c.ID))
	edited, err := w.Edit(as(t, "ann"), c.ID, checkin.Form{Media: []string{"ann_2"}})
	must(t, err)
	last := edited.Outbox[len(edited.Outbox)-1]
	same(t, "event", string(last.Data), `{"media":["ann_1"]}`)
	refs := func(id string) []string {
		m, err := w.media.Get(t.Context(), id)
		must(t, err)
		return m.Refs
	}
	must(t, w.Drop(t.Context(), c.ID, []string{"ann_1"}))
	same(t, "dropped", len(refs("ann_1")), 0)
	same(t, "kept", len(refs("ann_2")), 1)
	if _, err := w.Edit(as(t, "ann"), c.ID, checkin.Form{Media: []string{"ann_1", "ann_2"}}); err != nil {
		t.Fatal(err)
	}
	must(t, w.Drop(t.Context(), c.ID, []string{"ann_1"})) // the job is late
	same(t, "taken up again", len(refs("ann_1")), 1)
}
