package checkin_test

import (
	"encoding/json"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/media"
)

// follow does what the consumers of a check-in's events do.
func (w world) follow(t testing.TB, id string) {
	t.Helper()
	c, err := w.Service.Get(t.Context(), id)
	must(t, err)
	for _, e := range c.Outbox {
		switch e.Type {
		case checkin.EventDeleted:
			var removed checkin.Removed
			must(t, json.Unmarshal(e.Data, &removed))
			must(t, w.Wipe(t.Context(), id, e.At, removed.Media))
		case checkin.EventSubmitted, checkin.EventEdited:
			must(t, w.Moderate(t.Context(), id))
		}
		must(t, w.Weigh(t.Context(), id))
	}
}

func TestADeletedCheckInIsGoneFromEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.picture(t, "ann_1", media.Passed)
	w.goTo("2026-03-04")
	w.follow(t, w.submit(t, "ann", checkin.Form{Text: "读"}).ID)
	w.goTo("2026-03-05")
	c := w.submit(t, "ann", checkin.Form{Text: "读", Media: []string{"ann_1"}})
	w.follow(t, c.ID)
	must(t, w.Like(as(t, "bob"), c.ID, true))
	must(t, w.CountLikes(t.Context(), checkin.LikeID(c.ID, "bob")))
	said, err := w.Say(as(t, "bob"), c.ID, "真好")
	must(t, err)
	must(t, w.ModerateComment(t.Context(), said.ID))
	w.clock.Add(time.Minute)
	refused(t, "another learner", w.Delete(as(t, "bob"), c.ID), domain.ErrNotFound)
	refused(t, "a teacher", w.Delete(staff(t, "o1", "c1", domain.RoleTeacher), c.ID), domain.ErrNotFound)
	for range 2 {
		must(t, w.Delete(as(t, "ann"), c.ID))
	}
	// At once, before any job has run.
	for name, looker := range map[string]string{"the author": "ann", "another": "bob"} {
		_, err := w.View(as(t, looker), c.ID)
		refused(t, name+" looks", err, domain.ErrNotFound)
		_, _, err = w.CommentsOf(as(t, looker), c.ID, domain.Page{})
		refused(t, name+" reads the comments", err, domain.ErrNotFound)
		if list, _, err := w.Feed(as(t, looker), "c1", checkin.Look{}, domain.Page{}); err != nil || len(list) != 1 {
			t.Errorf("feed of %s: %d, %v", name, len(list), err)
		}
	}
	teacher := staff(t, "o1", "c1", domain.RoleTeacher)
	_, err = w.View(teacher, c.ID)
	refused(t, "a teacher looks", err, domain.ErrNotFound)
	_, err = w.Show(teacher, c.ID, c.Version+1)
	refused(t, "a teacher shows it", err, domain.ErrNotFound)
	if list, _, err := w.Mine(as(t, "ann"), "c1", domain.Page{}); err != nil || len(list) != 1 {
		t.Errorf("mine: %d, %v", len(list), err)
	}
	if list, _, err := w.Waiting(t.Context(), checkin.Waiting{Camp: "c1"}, domain.Page{}); err != nil || len(list) != 1 {
		t.Errorf("queue: %d, %v", len(list), err)
	}
	if p, err := w.MyProgress(as(t, "ann"), "c1"); err != nil || p.Streak != 1 || p.Tally.Done != 1 {
		t.Errorf("progress %+v, %v", p, err)
	}
	if counts, err := w.CountDay(t.Context(), "c1", w.tasks[4:5], "2026-03-05"); err != nil || counts.Day != 0 || counts.ByTask["t-2026-03-05"] != 0 {
		t.Errorf("counts %+v, %v", counts, err)
	}
	for range 2 { // and what hung on it
		w.follow(t, c.ID)
	}
	left, _ := w.Service.Get(t.Context(), c.ID)
	like, _ := w.likes.Get(t.Context(), checkin.LikeID(c.ID, "bob"))
	comment, _ := w.comments.Get(t.Context(), said.ID)
	picture, _ := w.media.Get(t.Context(), "ann_1")
	if left.Text != "" || left.Media != nil || like.On || comment.State != checkin.Deleted || len(picture.Refs) != 0 || picture.OrphanAt.IsZero() {
		t.Errorf("left: %+v %+v %+v %+v", left, like, comment, picture)
	}
	if r, err := w.Ranking(as(t, "ann"), "c1", domain.Page{}); err != nil || r.Me.Done != 1 {
		t.Errorf("ranking %+v, %v", r.Me, err)
	}
}

func TestWhatWasDeletedTodayCanBeHandedInAgainAndNothingOldComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.picture(t, "ann_1", media.Passed)
	f := checkin.Form{Text: "读", Media: []string{"ann_1"}}
	c := w.submit(t, "ann", f)
	w.follow(t, c.ID)
	must(t, w.Like(as(t, "bob"), c.ID, true))
	w.clock.Add(time.Minute)
	must(t, w.Delete(as(t, "ann"), c.ID))
	_, err := w.Edit(as(t, "ann"), c.ID, checkin.Form{Text: "新"})
	refused(t, "an edit of what is gone", err, domain.ErrNotFound)
	w.clock.Add(time.Minute)
	again := w.submit(t, "ann", checkin.Form{Text: "又读", Media: []string{"ann_1"}})
	if again.ID != c.ID || again.Text != "又读" || again.Version <= c.Version+1 || again.State != checkin.Pending || !again.DeletedAt.IsZero() {
		t.Errorf("%+v", again)
	}
	w.follow(t, c.ID) // the events of both, in whatever order
	w.clock.Add(time.Minute)
	must(t, w.Like(as(t, "ann"), c.ID, true))
	for range 2 {
		w.follow(t, c.ID)
		must(t, w.CountLikes(t.Context(), checkin.LikeID(c.ID, "ann")))
	}
	after, _ := w.Service.Get(t.Context(), c.ID)
	if after.Likes != 1 || after.Comments != 0 || after.Reviewed || after.State != checkin.Visible {
		t.Errorf("%+v", after)
	}
	if picture, _ := w.media.Get(t.Context(), "ann_1"); len(picture.Refs) != 1 {
		t.Errorf("the picture is used by %v", picture.Refs)
	}
}

func TestWhatWasRejectedIsNeitherDeletedNorHandedInAgain(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.submit(t, "ann", checkin.Form{Text: "坏"})
	w.follow(t, c.ID)
	refused(t, "deleted", w.Delete(as(t, "ann"), c.ID), checkin.ErrRejectedStays)
	first, fresh, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-05", checkin.Form{Text: "好"})
	if err != nil || fresh || first.Text != "坏" || first.State != checkin.Rejected {
		t.Errorf("%+v, fresh %v, %v", first, fresh, err)
	}
}

func TestTwoDevicesHandInAgainOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.submit(t, "ann", checkin.Form{Text: "读"})
	must(t, w.Delete(as(t, "ann"), c.ID))
	_, first, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-05", checkin.Form{Text: "一"})
	must(t, err)
	got, second, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-05", checkin.Form{Text: "二"})
	if err != nil || !first || second || got.Text != "一" {
		t.Errorf("first %v, second %v, %q, %v", first, second, got.Text, err)
	}
}

func TestACommentIsTakenAwayByItsAuthorOrAReviewer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		who  string
		want error
	}{"its author": {"bob", nil}, "the author of the check-in": {"ann", domain.ErrNotFound}, "a stranger": {"eve", domain.ErrNotFound}} {
		w := newWorld()
		d := w.visible(t)
		said, err := w.Say(as(t, "bob"), d.ID, "真好")
		must(t, err)
		must(t, w.ModerateComment(t.Context(), said.ID))
		refused(t, name, w.Unsay(as(t, c.who), said.ID), c.want)
		list, _, err := w.CommentsOf(as(t, "ann"), d.ID, domain.Page{})
		after, _ := w.Service.Get(t.Context(), d.ID)
		if n := map[bool]int{true: 0, false: 1}[c.want == nil]; err != nil || len(list) != n || after.Comments != n {
			t.Errorf("%s: %d shown, %d counted, %v", name, len(list), after.Comments, err)
		}
	}
	w := newWorld()
	d := w.visible(t)
	said, err := w.Say(as(t, "bob"), d.ID, "真好")
	must(t, err)
	must(t, w.ModerateComment(t.Context(), said.ID))
	must(t, w.Unsay(staff(t, "o1", "c1", domain.RoleReviewer), said.ID))
	refused(t, "a word about what is gone", w.RuleComment(t.Context(), said.ID, checkin.Visible, ""), domain.ErrNotFound)
}
