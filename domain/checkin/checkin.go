// Package checkin is what a learner hands in for a task on its day, and what others say to it.
package checkin

import (
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
)

// Checkin has the natural id camp:member:task:day, so there is one per person, task and day; in a course, where a task is
// done once, camp:member:task.
type Checkin struct {
	domain.Doc
	Camp        string     `json:"camp"`
	Organiser   string     `json:"organiser"`
	Member      string     `json:"member"`
	Task        string     `json:"task"`
	Day         domain.Day `json:"day"` // by the camp's calendar when it was handed in
	Text        string     `json:"text"`
	Media       []string   `json:"media,omitempty"`
	Audience    Audience   `json:"audience"`
	State       State      `json:"state"`
	Version     int        `json:"version"`               // counts edits; a verdict on an older one is void
	TextPassed  bool       `json:"text_passed,omitempty"` // of this version
	Reason      string     `json:"reason,omitempty"`      // why it is not visible
	Likes       int        `json:"likes"`
	Comments    int        `json:"comments"`
	Reviewed    bool       `json:"reviewed"`
	MadeUp      bool       `json:"made_up,omitempty"` // handed in after its day
	SubmittedAt time.Time  `json:"submitted_at"`
	EditedAt    time.Time  `json:"edited_at,omitzero"`
	EditUntil   time.Time  `json:"edit_until"`        // the end of the day on which it was handed in
	Watched     bool       `json:"watched,omitempty"` // a person has hidden it: an edit waits for a person again
	DeletedAt   time.Time  `json:"deleted_at,omitzero"`
	Chosen      []string   `json:"topics,omitempty"` // of those that the camp offers; others are in the text

	FeaturedAt  time.Time `json:"featured_at,omitzero"`
	FeaturedBy  string    `json:"featured_by,omitempty"`
	FeatureTold time.Time `json:"feature_told,omitzero"` // when its author was last told so

	Homework    bool         `json:"homework,omitempty"` // for a task that its review completes
	Redos       int          `json:"redos,omitempty"`    // counts how often it was handed in again after a return
	RedoneAt    time.Time    `json:"redone_at,omitzero"`
	Submissions []Submission `json:"submissions,omitempty"` // what was handed in before, the oldest first
}

// Audience is whom the learner shows a check-in to.
type Audience string

// The audiences.
const (
	ToCamp     Audience = "camp"
	ToTeachers Audience = "teachers"
)

// State of a check-in.
type State string

// pending → visible | hidden | rejected; a person may hide and show. Pending ones only their author and staff see. Whatever
// was not rejected its author may delete: what is left is a tombstone, which counts for nothing and which nobody sees.
const (
	Pending  State = "pending" // moderation has not decided
	Visible  State = "visible"
	Hidden   State = "hidden"   // a person must look, or has hidden it
	Rejected State = "rejected" // moderation or a person says no; it does not count
	Deleted  State = "deleted"  // by its author; nothing is left in it
)

// Events of this feature.
const (
	EventSubmitted = "checkin:submitted" // handed in
	EventEdited    = "checkin:edited"
	EventDeleted   = "checkin:deleted"
	EventWeighed   = "checkin:weighed" // whether it counts has changed
	EventLiked     = "checkin:liked"
	EventCommented = "checkin:commented"
	EventShown     = "checkin:shown"             // with topics: everybody may see it, or no longer
	EventFeatured  = "checkin:featured"          // for everybody in the camp to see
	EventTagged    = "checkin:tagged"            // it is about a topic, or no longer; the document is the tag
	EventModerated = "checkin:moderated"         // not simply passed: a person must look, or it was rejected, or an edit passed
	EventHeld      = "checkin:comment_moderated" // the same of a comment; the document is the comment
)

// Limits.
const (
	MaxText    = 3000 // characters
	MaxMedia   = 9
	MaxComment = 500
)

// The refusals of this feature.
var (
	ErrNotToday  = domain.Refusal(domain.KindConflict, "task_not_today", "这个任务不在今天，不能打卡")
	ErrLocked    = domain.Refusal(domain.KindConflict, "level_locked", "这一关还没有解锁")
	ErrQuizTask  = domain.Refusal(domain.KindConflict, "task_is_quiz", "这个任务是测评，请完成测评")
	ErrNoCheckin = domain.Refusal(domain.KindConflict, "task_is_no_checkin", "这个任务不需要打卡")
	ErrNotYet    = domain.Refusal(domain.KindConflict, "camp_not_started", "训练营还没有开始")
	ErrOver      = domain.Refusal(domain.KindConflict, "camp_over", "训练营已经结束")
	ErrEditOver  = domain.Refusal(domain.KindConflict, "edit_window_over", "当天结束后不能再修改")
	ErrEmpty     = domain.Refusal(domain.KindInvalid, "checkin_empty", "写点什么，或者添加图片、录音、视频").On("text")
	ErrReviewed  = domain.Refusal(domain.KindConflict, "homework_reviewed", "作业已经点评，不能再修改")
	ErrTooOften  = domain.Refusal(domain.KindConflict, "checkin_too_often", "提交的次数太多了，请联系老师")
	ErrTaken     = domain.Refusal(domain.KindConflict, "checkin_taken_down", "这条打卡未通过审核，不能重新提交")
	ErrInvisible = domain.Refusal(domain.KindConflict, "checkin_not_visible", "这条打卡还没有公开")
)

// ID of the check-in of a person for a task on a day; the day is empty for a task of a course.
func ID(camp, member, task string, day domain.Day) string {
	if day == "" {
		return domain.Key(camp, member, task)
	}
	return domain.Key(camp, member, task, string(day))
}

// Form is what a learner hands in.
type Form struct {
	Text     string
	Media    []string
	Topics   []string // of those that the camp offers
	Audience Audience // empty: the camp
	MakeUp   bool     // of a day that was missed; an edit leaves that as it is
}

// Check bounds the form.
func (f Form) Check() error {
	var check domain.Check
	check.Text("text", "打卡内容", f.Text, 0, MaxText)
	check.That(len(f.Media) <= MaxMedia, "media", "图片、录音和视频一共最多 9 个")
	for i, id := range f.Media {
		check.That(domain.ValidID(id) && !slices.Contains(f.Media[:i], id), "media", "素材无效或重复")
	}
	check.That(len(f.Topics) <= maxTagged, "topics", "最多选 3 个话题")
	for _, typed := range f.Topics {
		_, ok := TopicOf(typed)
		check.That(ok, "topics", "话题无效")
	}
	check.That(f.Audience == "" || f.Audience == ToCamp || f.Audience == ToTeachers, "audience", "可见范围无效")
	if err := check.Err(); err != nil {
		return err
	}
	if blank(f.Text) && len(f.Media) == 0 {
		return ErrEmpty
	}
	return nil
}

func blank(s string) bool {
	for _, r := range s {
		if r != ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\u3000' {
			return false
		}
	}
	return true
}

// fill puts the form in; moderation starts anew.
func (c *Checkin) fill(f Form) {
	c.Text, c.Media, c.Audience = f.Text, f.Media, f.Audience
	if c.Audience == "" {
		c.Audience = ToCamp
	}
	c.Chosen = nil
	for _, typed := range f.Topics {
		if name, _ := TopicOf(typed); !slices.Contains(c.Chosen, name) {
			c.Chosen = append(c.Chosen, name)
		}
	}
	c.State, c.Reason = Pending, ""
	c.Version++
	c.TextPassed = blank(c.Text)
}

// Edit changes a check-in until its day ends. What a person has rejected stays rejected. Of a homework what was handed
// in before is kept, and once it was reviewed only a return lets it be handed in again.
func (c *Checkin) Edit(f Form, now time.Time) error {
	switch {
	case c.State == Deleted:
		return domain.ErrNotFound
	case !c.editable(now):
		return ErrEditOver
	}
	if c.Homework {
		if c.Reviewed {
			return ErrReviewed
		}
		if err := c.keep(); err != nil {
			return err
		}
	}
	had := c.Media
	c.fill(f)
	c.EditedAt = now
	c.Emit(EventEdited, now, Removed{slices.DeleteFunc(slices.Clone(had), c.uses)})
	return nil
}

// editable tells whether the author could still change it.
func (c Checkin) editable(now time.Time) bool {
	return now.Before(c.EditUntil) && c.State != Rejected && c.State != Deleted
}

// Decide settles moderation of the given version: any no rejects, any doubt hides until a person looks, and all
// passed makes visible. While something is still waiting nothing changes.
func (c *Checkin) Decide(version int, text media.Verdict, files []media.Verdict, now time.Time) error {
	if c.State != Pending || c.Version != version {
		return domain.ErrSame
	}
	all := append([]media.Verdict{text}, files...)
	switch {
	case slices.Contains(all, media.Rejected):
		c.become(Rejected, "内容未通过审核", now)
	case slices.Contains(all, media.InReview):
		c.State, c.Reason = Hidden, "内容需要人工审核"
	case text != media.Passed:
		return domain.ErrSame
	case slices.ContainsFunc(files, func(v media.Verdict) bool { return v != media.Passed }):
		if c.TextPassed {
			return domain.ErrSame
		}
		c.TextPassed = true
	case c.Watched:
		c.TextPassed, c.State, c.Reason = true, Hidden, "内容需要人工审核"
	default:
		c.TextPassed = true
		c.show(now)
	}
	return nil
}

// Show is a person's yes to the version that they have seen, else domain.ErrConflict.
func (c *Checkin) Show(version int, now time.Time) error {
	switch {
	case c.State == Deleted:
		return domain.ErrNotFound
	case c.Version != version:
		return domain.ErrConflict
	case c.State == Visible:
		return domain.ErrSame
	}
	c.TextPassed = true
	c.show(now)
	return nil
}

func (c *Checkin) show(now time.Time) {
	c.become(Visible, "", now)
	c.Watched = false
}

// become changes the state, and says so if with it the check-in no longer counts or counts again.
func (c *Checkin) become(to State, reason string, now time.Time) {
	counted, public := c.Counts(), c.Public()
	c.State, c.Reason = to, reason
	if c.Public() != public && len(c.Topics()) > 0 {
		c.Emit(EventShown, now, nil)
	}
	if c.Counts() != counted {
		c.Emit(EventWeighed, now, nil)
	}
}

// Hide is a person's no, with the reason that the author is shown.
func (c *Checkin) Hide(reason string, now time.Time) error {
	if err := CheckReason(reason); err != nil {
		return err
	}
	switch {
	case c.State == Deleted:
		return domain.ErrNotFound
	case c.State == Rejected && c.Reason == reason:
		return domain.ErrSame
	}
	c.become(Rejected, reason, now)
	return nil
}

// CheckReason bounds why something is hidden.
func CheckReason(reason string) error {
	var check domain.Check
	check.Line("reason", "原因", reason, 1, 100)
	return check.Err()
}

// Counts reports whether the check-in stands for its day. A pending one does: whoever handed in on time is not to
// suffer from a slow check.
func (c Checkin) Counts() bool { return c.State != Rejected && c.State != Deleted }

// Unsettled reports whether somebody must still say whether it may stay, or as homework whether it is good. Until then it
// counts.
func (c Checkin) Unsettled() bool {
	return c.State == Pending || c.State == Hidden && c.Reason != forgotten || c.Homework && c.Waits()
}

// Public reports whether every learner of the camp may see it.
func (c Checkin) Public() bool { return c.State == Visible && c.Audience == ToCamp }
