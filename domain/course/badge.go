package course

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
)

// Badge is a mark of honour that an organiser gives in one camp or, with no Camp, in each of its camps.
type Badge struct {
	domain.Doc
	Organiser string    `json:"organiser"`
	Camp      string    `json:"camp,omitempty"`
	Name      string    `json:"name"`
	Picture   string    `json:"picture,omitempty"` // media id
	Earn      Earn      `json:"earn"`
	CreatedAt time.Time `json:"created_at"`
	RemovedAt time.Time `json:"removed_at,omitzero"` // nobody gets it any more; who has it keeps it
}

// Owner is the list that the badge stands in: its camp's, or its organiser's.
func (b Badge) Owner() string {
	if b.Camp != "" {
		return b.Camp
	}
	return b.Organiser
}

// Earn is what a badge is given for, within one camp.
type Earn struct {
	What  What   `json:"what"`
	Level string `json:"level,omitempty"`
	N     int    `json:"n,omitempty"`
}

// What a badge is given for.
type What string

// The deeds.
const (
	ForLevel    What = "level"    // Level of a course is finished
	ForCourse   What = "course"   // every level of a course is finished
	ForStreak   What = "streak"   // N days in a row, at any time
	ForCheckins What = "checkins" // N days on which something was handed in
)

// Award is a badge that somebody has. Its id is badge:member:camp, so each is given once; it holds what the badge looked
// like then, and nothing takes it away.
type Award struct {
	domain.Doc
	Badge     string    `json:"badge"`
	Organiser string    `json:"organiser"`
	Camp      string    `json:"camp"`
	Member    string    `json:"member"`
	Name      string    `json:"name"`
	Picture   string    `json:"picture,omitempty"`
	Why       string    `json:"why"` // in Chinese
	At        time.Time `json:"at"`
}

// MaxBadges of one camp, and of one organiser.
const MaxBadges = 50

// EventBadge says that a badge was defined or changed: some may have earned it already.
const EventBadge = "course:badge"

// ErrBadges refuses one badge more.
var ErrBadges = domain.Refusal(domain.KindConflict, "badges_full", fmt.Sprintf("最多 %d 个徽章", MaxBadges))

// AwardID of a badge that a person gets in a camp.
func AwardID(badge, member, camp string) string { return domain.Key(badge, member, camp) }

// BadgeStore keeps badges.
type BadgeStore interface {
	domain.Documents[Badge]
	// Of lists the badges of an owner that were not removed, the oldest first.
	Of(ctx context.Context, owner string, page domain.Page) ([]Badge, domain.Cursor, error)
}

// AwardStore keeps awards.
type AwardStore interface {
	domain.Documents[Award]
	// ByMember lists what a person has, the newest first.
	ByMember(ctx context.Context, member string, page domain.Page) ([]Award, domain.Cursor, error)
	// CountBadge counts how often a badge was given.
	CountBadge(ctx context.Context, badge string) (int64, error)
}

// BadgeForm is what staff can say about a badge.
type BadgeForm struct {
	Name    string
	Picture string
	Earn    Earn
}

// Check bounds the form; inCamp tells that the badge is of one camp.
func (f BadgeForm) Check(inCamp bool) error {
	var check domain.Check
	check.Line("name", "徽章名称", f.Name, 1, 20)
	check.That(f.Picture == "" || domain.ValidID(f.Picture), "picture", "图片无效")
	switch f.Earn.What {
	case ForLevel:
		check.That(inCamp && domain.ValidID(f.Earn.Level), "level", "请选择关卡")
	case ForStreak:
		check.Range("n", "连续天数", f.Earn.N, 2, 1000)
	case ForCheckins:
		check.Range("n", "打卡天数", f.Earn.N, 1, 1000)
	case ForCourse:
	default:
		check.That(false, "what", "请选择怎样获得")
	}
	return check.Err()
}

// Apply changes the badge. Those who have it keep it as it was.
func (b *Badge) Apply(f BadgeForm, now time.Time) error {
	if err := f.Check(b.Camp != ""); err != nil {
		return err
	}
	if !b.RemovedAt.IsZero() {
		return domain.ErrNotFound
	}
	switch f.Earn.What { // what the rule does not ask for
	case ForLevel:
		f.Earn.N = 0
	case ForCourse:
		f.Earn = Earn{What: ForCourse}
	default:
		f.Earn.Level = ""
	}
	b.Name, b.Picture, b.Earn = f.Name, f.Picture, f.Earn
	b.Emit(EventBadge, now, nil)
	return nil
}

// Sentence writes in Chinese what the badge is given for.
func (e Earn) Sentence(names Names) string {
	switch e.What {
	case ForLevel:
		return "完成" + names.of(e.Level)
	case ForCourse:
		return "完成整门闯关课"
	case ForStreak:
		return fmt.Sprintf("连续打卡 %d 天", e.N)
	case ForCheckins:
		return fmt.Sprintf("累计打卡 %d 天", e.N)
	}
	return ""
}

// Deeds are what a person has done in one camp, as far as badges ask.
type Deeds struct {
	Finished map[string]bool // levels
	Course   bool
	Streak   int // the longest
	Days     int
}

// Earned reports whether the deeds suffice.
func (e Earn) Earned(d Deeds) bool {
	switch e.What {
	case ForLevel:
		return d.Finished[e.Level]
	case ForCourse:
		return d.Course
	case ForStreak:
		return d.Streak >= e.N
	case ForCheckins:
		return d.Days >= e.N
	}
	return false
}

// Longest is the longest streak that there ever was, so that a badge does not depend on when somebody looks.
func Longest(scheduled []domain.Day, done map[domain.Day]bool) int {
	longest, run := 0, 0
	for _, day := range scheduled {
		if run++; !done[day] {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
