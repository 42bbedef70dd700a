package moderation_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/moderation"
)

// hidden lists what somebody finds, page by page: the target, who hid it and why.
func (w world) hidden(t *testing.T, ctx context.Context, f moderation.Filter) []string {
	t.Helper()
	found := []string{}
	for v, err := range domain.Each(func(page domain.Page) ([]moderation.Veiled, domain.Cursor, error) {
		page.Limit = 2
		return w.Hidden(ctx, f, page)
	}) {
		must(t, err)
		found = append(found, fmt.Sprintf("%s by %s: %s", v.Target, v.By.ID, v.Subject.Reason))
	}
	slices.Sort(found)
	return found
}

func (w world) comment(t *testing.T, id, under string, state checkin.State) {
	t.Helper()
	must(t, w.wall.comments.Insert(t.Context(), checkin.Comment{Doc: domain.Doc{ID: id}, Camp: "c1", Checkin: under, Member: "bob", State: state, Text: "嗯"}))
}

func TestStaffSeeAllThatIsHiddenNowWhoeverHidItAndCanShowItAgain(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for id, state := range map[string]checkin.State{"shown": checkin.Visible, "rejected": checkin.Rejected, "doubted": checkin.Hidden, "bad": checkin.Visible} {
		w.hang(t, id, state)
	}
	w.comment(t, "said", "shown", checkin.Visible)
	w.comment(t, "unsaid", "shown", checkin.Rejected)
	must(t, w.CheckinModerated(t.Context(), "doubted")) // opens its case
	must(t, w.DecideCheckin(teacher(t), "bad", moderation.Hide, "与任务无关", 1))

	owner := as(t, "owner", domain.Grant{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleOwner})
	admin := as(t, "admin", domain.Grant{Scope: domain.ScopePlatform, Role: domain.RoleAdmin})
	everything := []string{"bad by teacher: 与任务无关", "doubted by : ", "rejected by : "}
	for who, ctx := range map[string]context.Context{"a teacher": teacher(t), "the owner": owner, "an admin": admin} {
		if diff := cmp.Diff(everything, w.hidden(t, ctx, moderation.Filter{})); diff != "" {
			t.Errorf("%s: %s", who, diff)
		}
		if diff := cmp.Diff(everything, w.hidden(t, ctx, moderation.Filter{Kind: moderation.Checkin, Camp: "c1"})); diff != "" {
			t.Errorf("%s, in the camp: %s", who, diff)
		}
		if diff := cmp.Diff([]string{"unsaid by : "}, w.hidden(t, ctx, moderation.Filter{Kind: moderation.Comment})); diff != "" {
			t.Errorf("%s, of comments: %s", who, diff)
		}
	}

	must(t, w.Undo(teacher(t), moderation.ID(moderation.Checkin, "bad"), 1))
	must(t, w.Decide(teacher(t), moderation.ID(moderation.Checkin, "rejected"), moderation.Show, "", 1)) // it had no case
	must(t, w.Decide(teacher(t), moderation.ID(moderation.Comment, "unsaid"), moderation.Show, "", 0))
	if diff := cmp.Diff([]string{"doubted by : "}, w.hidden(t, owner, moderation.Filter{})); diff != "" {
		t.Error(diff)
	}
	if left := w.hidden(t, owner, moderation.Filter{Kind: moderation.Comment}); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestWhatIsHiddenIsNobodyElsesBusiness(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.hang(t, "rejected", checkin.Rejected)
	w.comment(t, "unsaid", "rejected", checkin.Rejected)
	stranger := as(t, "owner2", domain.Grant{Scope: domain.ScopeOrganiser, ID: "o2", Organiser: "o2", Role: domain.RoleOwner})
	for _, k := range moderation.HiddenKinds {
		if found := w.hidden(t, stranger, moderation.Filter{Kind: k}); len(found) > 0 {
			t.Errorf("the owner of another house sees %v", found)
		}
	}
	for who, ctx := range map[string]context.Context{"nobody": t.Context(), "a learner": as(t, "ann")} {
		if _, _, err := w.Hidden(ctx, moderation.Filter{}, domain.Page{}); err == nil {
			t.Errorf("%s may look", who)
		}
	}
	if _, _, err := w.Hidden(stranger, moderation.Filter{Camp: "c1"}, domain.Page{}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("the owner of another house asks for the camp: %v", err)
	}
}
