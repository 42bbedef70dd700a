package checkin_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/media"
	"yingdi/domain/wechat"
)

func TestModerationOfWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text  string
		err   error
		want  checkin.State
		fails bool
	}{
		"good words":                            {"读完了", nil, checkin.Visible, false},
		"bad words":                             {"坏", nil, checkin.Rejected, false},
		"words in doubt":                        {"疑", nil, checkin.Hidden, false},
		"the author was not active for long":    {"读", wechat.ErrInactive, checkin.Hidden, false},
		"WeChat does not know the author":       {"读", wechat.ErrUnknown, checkin.Hidden, false},
		"WeChat is down: it closes":             {"读", wechat.ErrUnreachable, checkin.Pending, true},
		"bad words in the second part":          {strings.Repeat("读", 2500) + "坏", nil, checkin.Rejected, false},
		"doubt in the first, bad in the second": {"疑" + strings.Repeat("读", 2500) + "坏", nil, checkin.Rejected, false},
	} {
		w := newWorld()
		w.wechat.err = c.err
		d := w.submit(t, "ann", checkin.Form{Text: c.text})
		for range 2 { // the event is told twice
			if err := w.Moderate(t.Context(), d.ID); (err != nil) != c.fails {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := w.state(t, d.ID); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestAfterAnOutageWhatWaitedIsDecided(t *testing.T) {
	t.Parallel()
	w := newWorld()
	d := w.submit(t, "ann", checkin.Form{Text: "读"})
	w.wechat.err = wechat.ErrUnreachable
	if err := w.Moderate(t.Context(), d.ID); !errors.Is(err, wechat.ErrUnreachable) {
		t.Fatal(err)
	}
	w.wechat.err = nil
	must(t, w.Moderate(t.Context(), d.ID))
	if got := w.state(t, d.ID); got != checkin.Visible {
		t.Errorf("got %s", got)
	}
}

// verdict is what the media feature does when one comes, and what the consumer of its event does then.
func (w world) verdict(t testing.TB, id string, v media.Verdict) {
	t.Helper()
	_, err := w.media.Update(t.Context(), id, func(m *media.Media) error { return m.Judge(v, w.clock.Now(), false) })
	must(t, err)
	must(t, w.MediaModerated(t.Context(), id))
}

func TestAVerdictBeforeAndAfterThePictureIsHandedIn(t *testing.T) {
	t.Parallel()
	for verdict, want := range map[media.Verdict]checkin.State{
		media.Passed: checkin.Visible, media.InReview: checkin.Hidden, media.Rejected: checkin.Rejected,
	} {
		before := newWorld()
		before.picture(t, "ann_1", media.Waiting)
		before.verdict(t, "ann_1", verdict)
		d := before.submit(t, "ann", checkin.Form{Media: []string{"ann_1"}})
		must(t, before.Moderate(t.Context(), d.ID))
		if got := before.state(t, d.ID); got != want {
			t.Errorf("%s before: %s", verdict, got)
		}
		after := newWorld()
		after.picture(t, "ann_1", media.Waiting)
		d = after.submit(t, "ann", checkin.Form{Text: "读", Media: []string{"ann_1"}})
		must(t, after.Moderate(t.Context(), d.ID))
		if got := after.state(t, d.ID); got != checkin.Pending {
			t.Errorf("still waiting: %s", got)
		}
		after.verdict(t, "ann_1", verdict)
		if got := after.state(t, d.ID); got != want || len(after.wechat.asked) != 1 {
			t.Errorf("%s after: %s; the words were asked about %d times", verdict, got, len(after.wechat.asked))
		}
	}
}

// The verdict comes between the look at the picture and the decision: its event finds the check-in by the noted use.
func TestAVerdictThatComesWhileWeDecideIsNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.picture(t, "ann_1", media.Waiting)
	d := w.submit(t, "ann", checkin.Form{Media: []string{"ann_1"}})
	first := once()
	w.store.Raced = func(string) { first(func() { w.verdict(t, "ann_1", media.Passed) }) }
	must(t, w.Moderate(t.Context(), d.ID))
	must(t, w.MediaModerated(t.Context(), "ann_1"))
	if got := w.state(t, d.ID); got != checkin.Visible {
		t.Errorf("got %s", got)
	}
}

func TestAVerdictOnAnOlderVersionIsVoid(t *testing.T) {
	t.Parallel()
	w := newWorld()
	d := w.submit(t, "ann", checkin.Form{Text: "读"})
	first := once()
	w.store.Raced = func(string) { // WeChat has passed the good words; before that is noted they become bad ones
		first(func() {
			_, err := w.Edit(as(t, "ann"), d.ID, checkin.Form{Text: "坏"})
			must(t, err)
		})
	}
	must(t, w.Moderate(t.Context(), d.ID))
	if got := w.state(t, d.ID); got != checkin.Pending {
		t.Errorf("the old verdict counted: %s", got)
	}
	must(t, w.Moderate(t.Context(), d.ID)) // after EventEdited
	if got := w.state(t, d.ID); got != checkin.Rejected {
		t.Errorf("got %s", got)
	}
}

func TestATeachersYesToAnOlderVersionIsVoid(t *testing.T) {
	t.Parallel()
	w := newWorld()
	d := w.submit(t, "ann", checkin.Form{Text: "疑"})
	must(t, w.Moderate(t.Context(), d.ID))
	first := once()
	w.store.Raced = func(string) {
		first(func() {
			_, err := w.Edit(as(t, "ann"), d.ID, checkin.Form{Text: "坏"})
			must(t, err)
		})
	}
	teacher := staff(t, "o1", "c1", domain.RoleTeacher)
	_, err := w.Show(teacher, d.ID, d.Version)
	refused(t, "a yes to what has changed", err, domain.ErrConflict)
	if got := w.state(t, d.ID); got != checkin.Pending {
		t.Errorf("got %s", got)
	}
}

func TestWhoMayShowAndHide(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ctx  func(testing.TB) context.Context
		want error
	}{
		"a teacher":               {func(t testing.TB) context.Context { return staff(t, "o1", "c1", domain.RoleTeacher) }, nil},
		"a reviewer":              {func(t testing.TB) context.Context { return staff(t, "o1", "c1", domain.RoleReviewer) }, nil},
		"a teacher of another":    {func(t testing.TB) context.Context { return staff(t, "o1", "c2", domain.RoleTeacher) }, domain.ErrForbidden},
		"another house's teacher": {func(t testing.TB) context.Context { return staff(t, "o2", "c1", domain.RoleTeacher) }, domain.ErrForbidden},
		"the author":              {func(t testing.TB) context.Context { return as(t, "ann") }, domain.ErrForbidden},
		"nobody":                  {func(t testing.TB) context.Context { return t.Context() }, domain.ErrUnauthenticated},
	} {
		w := newWorld()
		w.picture(t, "ann_1", media.InReview)
		d := w.submit(t, "ann", checkin.Form{Text: "读", Media: []string{"ann_1"}})
		must(t, w.Moderate(t.Context(), d.ID))
		_, err := w.Show(c.ctx(t), d.ID, d.Version)
		refused(t, name+" shows", err, c.want)
		if m, _ := w.media.Get(t.Context(), "ann_1"); (m.Verdict == media.Passed) != (c.want == nil) {
			t.Errorf("%s: the picture is %s", name, m.Verdict)
		}
		_, err = w.Hide(c.ctx(t), d.ID, "与任务无关")
		refused(t, name+" hides", err, c.want)
		if got := w.state(t, d.ID); (got == checkin.Rejected) != (c.want == nil) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestWhoSeesACheckIn(t *testing.T) {
	t.Parallel()
	lookers := map[string]func(testing.TB) context.Context{
		"author":   func(t testing.TB) context.Context { return as(t, "ann") },
		"learner":  func(t testing.TB) context.Context { return as(t, "bob") },
		"reviewer": func(t testing.TB) context.Context { return staff(t, "o1", "c1", domain.RoleReviewer) },
		"stranger": func(t testing.TB) context.Context { return as(t, "eve") },
		"rival":    func(t testing.TB) context.Context { return staff(t, "o2", "c1", domain.RoleTeacher) },
		"nobody":   func(t testing.TB) context.Context { return t.Context() },
	}
	for state, classes := range map[checkin.State]map[checkin.Audience]string{
		checkin.Visible:  {checkin.ToCamp: "author learner reviewer", checkin.ToTeachers: "author reviewer"},
		checkin.Pending:  {checkin.ToCamp: "author reviewer", checkin.ToTeachers: "author reviewer"},
		checkin.Hidden:   {checkin.ToCamp: "author reviewer", checkin.ToTeachers: "author reviewer"},
		checkin.Rejected: {checkin.ToCamp: "author reviewer", checkin.ToTeachers: "author reviewer"},
	} {
		for audience, may := range classes {
			w := newWorld()
			w.picture(t, "ann_1", media.Rejected)
			d := w.submit(t, "ann", checkin.Form{Media: []string{"ann_1"}, Audience: audience})
			_, err := w.store.Update(t.Context(), d.ID, func(c *checkin.Checkin) error { c.State = state; return nil })
			must(t, err)
			for name, looker := range lookers {
				want := strings.Contains(may, name)
				entry, err := w.View(looker(t), d.ID)
				if (err == nil) != want || err != nil && !errors.Is(err, domain.ErrNotFound) && name != "nobody" {
					t.Errorf("%s for %s, %s looks: %v", state, audience, name, err)
				}
				if err == nil && (entry.Files[0].URL != "") != (name != "learner") {
					t.Errorf("%s for %s, %s sees the unmoderated picture: %+v", state, audience, name, entry.Files[0])
				}
				if err == nil && entry.Mine != (name == "author") {
					t.Errorf("%s takes it for their own: %v", name, entry.Mine)
				}
				_, _, err = w.CommentsOf(looker(t), d.ID, domain.Page{})
				if (err == nil) != want {
					t.Errorf("%s for %s, %s reads the comments: %v", state, audience, name, err)
				}
				list, _, err := w.Feed(looker(t), "c1", checkin.Look{}, domain.Page{})
				member := strings.Contains("author learner reviewer", name)
				if (err == nil) != member || len(list) != map[bool]int{true: 1}[member && state == checkin.Visible && audience == checkin.ToCamp] {
					t.Errorf("%s for %s, feed of %s: %d, %v", state, audience, name, len(list), err)
				}
			}
		}
	}
}

func TestListsThatAreForStaffOrForOneself(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.submit(t, "ann", checkin.Form{Text: "读", Audience: checkin.ToTeachers})
	teacher := staff(t, "o1", "c1", domain.RoleReviewer)
	if list, _, err := w.OfMember(teacher, "c1", "ann", domain.Page{}); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	if list, _, err := w.Mine(as(t, "bob"), "c1", domain.Page{}); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	_, _, err := w.OfMember(as(t, "ann"), "c1", "bob", domain.Page{})
	refused(t, "a learner looks at another", err, domain.ErrForbidden)
	_, _, err = w.Mine(as(t, "eve"), "c1", domain.Page{})
	refused(t, "a stranger", err, enrolment.ErrNotEnrolled)
}

// visible hands in and lets it pass.
func (w world) visible(t testing.TB) checkin.Checkin {
	t.Helper()
	d := w.submit(t, "ann", checkin.Form{Text: "读"})
	must(t, w.Moderate(t.Context(), d.ID))
	return d
}

func TestALikeCountsOnceHoweverOftenItIsTapped(t *testing.T) {
	t.Parallel()
	w := newWorld()
	d := w.visible(t)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if err := w.Like(as(t, "bob"), d.ID, true); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	must(t, w.Like(as(t, "ann"), d.ID, true))
	id := checkin.LikeID(d.ID, "bob")
	if got := w.likes.Events(id); len(got) != 1 {
		t.Errorf("events %v", got)
	}
	count := func(want int) {
		t.Helper()
		for range 2 {
			must(t, w.CountLikes(t.Context(), id))
		}
		if c, err := w.View(as(t, "bob"), d.ID); err != nil || c.Likes != want {
			t.Errorf("%d likes, want %d, %v", c.Likes, want, err)
		}
	}
	count(2)
	for range 2 {
		must(t, w.Like(as(t, "bob"), d.ID, false))
	}
	count(1)
	must(t, w.Like(staff(t, "o1", "c1", domain.RoleTeacher), d.ID, false)) // what was never liked
	count(1)
	if c, err := w.View(as(t, "ann"), d.ID); err != nil || !c.Liked {
		t.Errorf("%+v, %v", c, err)
	}
}

// Two count at once: the one that counted first writes last.
func TestALikeThatComesWhileTheyAreCountedIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld()
	d := w.visible(t)
	must(t, w.Like(as(t, "bob"), d.ID, true))
	first := once()
	w.likes.counted = func() {
		first(func() {
			must(t, w.Like(as(t, "ann"), d.ID, true))
			must(t, w.CountLikes(t.Context(), checkin.LikeID(d.ID, "ann")))
		})
	}
	must(t, w.CountLikes(t.Context(), checkin.LikeID(d.ID, "bob")))
	if c, err := w.Service.Get(t.Context(), d.ID); err != nil || c.Likes != 2 {
		t.Errorf("%d likes, %v", c.Likes, err)
	}
}

func TestComments(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]checkin.State{"真好": checkin.Visible, "坏": checkin.Rejected, "疑": checkin.Hidden} {
		w := newWorld()
		d := w.visible(t)
		said, err := w.Say(as(t, "bob"), d.ID, text)
		must(t, err)
		if list, _, err := w.CommentsOf(as(t, "ann"), d.ID, domain.Page{}); err != nil || len(list) != 0 {
			t.Errorf("%s is seen before it was checked: %v", text, err)
		}
		for range 2 {
			must(t, w.ModerateComment(t.Context(), said.ID))
		}
		n := map[bool]int{true: 1}[want == checkin.Visible]
		list, _, err := w.CommentsOf(as(t, "ann"), d.ID, domain.Page{})
		after, _ := w.Service.Get(t.Context(), d.ID)
		if err != nil || len(list) != n || after.Comments != n {
			t.Errorf("%s: %d shown, %d counted, %v", text, len(list), after.Comments, err)
		}
	}
	w := newWorld()
	d := w.visible(t)
	_, err := w.Say(as(t, "bob"), d.ID, " ")
	refused(t, "nothing", err, domain.ErrInvalid)
	_, err = w.Say(as(t, "eve"), d.ID, "真好")
	refused(t, "a stranger", err, domain.ErrNotFound)
	_, err = w.Say(t.Context(), d.ID, "真好")
	refused(t, "nobody", err, domain.ErrUnauthenticated)
	w.wechat.err = wechat.ErrUnreachable
	said, err := w.Say(as(t, "bob"), d.ID, "真好")
	must(t, err)
	refused(t, "while WeChat is down", w.ModerateComment(t.Context(), said.ID), wechat.ErrUnreachable)
}

func TestACommentIsSaidOnceThoughTheProcessDiedBeforeItsAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld()
	d := w.visible(t)
	ctx := domain.WithRequest(as(t, "bob"), "bob|k1|comment")
	first, err := w.Say(ctx, d.ID, "真好")
	must(t, err)
	must(t, w.ModerateComment(t.Context(), first.ID))
	again, err := w.Say(ctx, d.ID, "真好")
	must(t, err)
	if list, _, err := w.CommentsOf(as(t, "ann"), d.ID, domain.Page{}); err != nil || len(list) != 1 || again.ID != first.ID {
		t.Errorf("%d comments, %s then %s, %v", len(list), first.ID, again.ID, err)
	}
}

func TestWhatIsNotVisibleIsNeitherLikedNorCommentedNotEvenByItsAuthor(t *testing.T) {
	t.Parallel()
	w := newWorld()
	d := w.submit(t, "ann", checkin.Form{Text: "读"})
	refused(t, "like", w.Like(as(t, "ann"), d.ID, true), checkin.ErrInvisible)
	_, err := w.Say(as(t, "ann"), d.ID, "我")
	refused(t, "comment", err, checkin.ErrInvisible)
	refused(t, "like by another", w.Like(as(t, "bob"), d.ID, true), domain.ErrNotFound)
}

// once runs the first thing that it is given, also when that comes back to it.
func once() func(func()) {
	done := false
	return func(do func()) {
		if !done {
			done = true
			do()
		}
	}
}

func TestTheFeedIsPagedWithoutGaps(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 7 {
		w.goTo(domain.Day("2026-03-05").Add(i))
		d := w.submit(t, "ann", checkin.Form{Text: fmt.Sprint("读", i)})
		must(t, w.Moderate(t.Context(), d.ID))
	}
	var seen []string
	page := domain.Page{Limit: 3}
	for {
		list, next, err := w.Feed(as(t, "bob"), "c1", checkin.Look{}, page)
		must(t, err)
		for _, e := range list {
			seen = append(seen, e.Text)
		}
		if next == "" {
			break
		}
		page.After = next
	}
	if got := strings.Join(seen, " "); got != "读6 读5 读4 读3 读2 读1 读0" {
		t.Errorf("got %s", got)
	}
}
