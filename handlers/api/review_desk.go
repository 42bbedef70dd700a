package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"yingdi/domain/checkin"
	"yingdi/domain/member"
	"yingdi/domain/review"
)

type queueInput struct {
	Page
	Camp string `query:"camp" pattern:"^([0-9A-Za-z_-]{1,64})?$" patternDescription:"id" doc:"Without it: all camps that I review in"`
	Task string `query:"task" pattern:"^([0-9A-Za-z_-]{1,64})?$" patternDescription:"id" doc:"Of the camp"`
	Team string `query:"team" pattern:"^([0-9A-Za-z_-]{1,64})?$" patternDescription:"id" doc:"Of the camp"`
	Turn string `query:"turn" enum:"first,homework,redo," doc:"What kind of hand-in"`
	Days int    `query:"days" minimum:"0" maximum:"30" doc:"That it has waited at least"`
}

// Waiting is a check-in that waits for a review.
type Waiting struct {
	Checkin   string    `json:"checkin"`
	Camp      string    `json:"camp"`
	CampTitle string    `json:"camp_title"`
	Task      string    `json:"task"`
	Turn      string    `json:"turn" enum:"first,homework,redo"`
	Author    Person    `json:"author"`
	Text      string    `json:"text"`
	Files     int       `json:"files"`
	Since     time.Time `json:"since"`
	TakenBy   *Person   `json:"taken_by" doc:"The other teacher who has it on their desk"`
	Own       bool      `json:"own" doc:"Mine, which I may not review"`
}

func (a *api) reviewQueue(ctx context.Context, in *queueInput) (*Answer[List[Waiting]], error) {
	rows, next, err := a.Reviews.List(ctx, review.Filter{
		Camp: in.Camp, Task: in.Task, Team: in.Team, Turn: checkin.Turn(in.Turn), Days: in.Days,
	}, in.page())
	if err != nil {
		return nil, err
	}
	var cards []member.Card
	for _, r := range rows {
		if cards = append(cards, r.Author); r.Holder.ID != "" {
			cards = append(cards, r.Holder)
		}
	}
	people, err := a.people(ctx, cards...)
	if err != nil {
		return nil, err
	}
	return listOf(rows, next, func(r review.Row) Waiting {
		w := Waiting{
			Checkin: r.ID, Camp: r.Camp, CampTitle: r.Title, Task: r.Task, Turn: string(r.Turn()), Author: people[r.Author.ID], Text: r.Text,
			Files: len(r.Media), Since: r.HandedAt(), Own: r.Own,
		}
		if holder, ok := people[r.Holder.ID]; ok && r.Holder.ID != "" {
			w.TakenBy = &holder
		}
		return w
	}), nil
}

// Draft is a review as its teachers see it.
type Draft struct {
	State     string           `json:"state" enum:"draft,released,reopened"`
	Text      string           `json:"text" doc:"Of the draft; of what was released, once it is"`
	Points    int              `json:"points"`
	Scores    []CriterionScore `json:"scores" nullable:"false"`
	Media     []string         `json:"media" nullable:"false"`
	Return    *Redo            `json:"return"`
	Round     int              `json:"round"`
	Mine      bool             `json:"mine" doc:"It lies on my desk"`
	Until     *time.Time       `json:"until" doc:"How long it lies there"`
	UndoUntil *time.Time       `json:"undo_until" doc:"Until then the release can be taken back, and the learner knows nothing of it"`
}

func (a *api) draft(ctx context.Context, r review.Review, err error) (*Answer[Draft], error) {
	if err != nil {
		return nil, err
	}
	m, now := r.Draft, a.Clock.Now()
	if r.State == review.Released {
		m = r.Released
	}
	d := Draft{
		State: string(r.State), Text: m.Text, Points: m.Points, Scores: scoresOf(m.Scores), Media: append([]string{}, m.Media...), Round: r.Round,
		Mine: r.Mine(ctx, now), UndoUntil: moment(r.SettleAt),
	}
	if d.Mine {
		d.Until = moment(r.Claim.Until)
	}
	if m.Return != nil {
		d.Return = &Redo{Reason: m.Return.Reason, Until: moment(m.Return.Until), Open: m.Return.Until.IsZero() || now.Before(m.Return.Until)}
	}
	return answer(d), nil
}

type verdict struct {
	Text   string            `json:"text,omitempty" maxLength:"2000"`
	Points int               `json:"points,omitempty" minimum:"0" maximum:"100" doc:"Ignored where the task has a rubric"`
	Scores []criterionPoints `json:"scores,omitempty" nullable:"false" maxItems:"10" doc:"By the task's rubric, in its order; -1: not given"`
	Media  []MediaID         `json:"media,omitempty" nullable:"false" maxItems:"9" doc:"A voice, pictures: ids of completed uploads"`
	Return *returned         `json:"return,omitempty" doc:"The learner is to do it again"`
	Seen   int               `json:"seen,omitempty" minimum:"0" maximum:"100000" doc:"Version of the check-in that was looked at; a newer one is refused with review_outdated"`
}

// criterionPoints are bounded also within a list.
type criterionPoints int

// Schema bounds them.
func (criterionPoints) Schema(huma.Registry) *huma.Schema {
	least, most := -1.0, 100.0
	return &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Maximum: &most}
}

type returned struct {
	Reason string     `json:"reason" maxLength:"200"`
	Until  *time.Time `json:"until,omitempty" maxLength:"40"`
}

type verdictInput struct {
	CheckinPath
	Body verdict
}

func (v verdict) form() review.Form {
	f := review.Form{Text: v.Text, Points: v.Points, Seen: v.Seen}
	for _, s := range v.Scores {
		f.Scores = append(f.Scores, int(s))
	}
	for _, id := range v.Media {
		f.Media = append(f.Media, string(id))
	}
	if v.Return != nil {
		f.Return = &review.Return{Reason: v.Return.Reason}
		if v.Return.Until != nil {
			f.Return.Until = v.Return.Until.UTC()
		}
	}
	return f
}

func (a *api) takeReview(ctx context.Context, in *CheckinPath) (*Answer[Draft], error) {
	r, err := a.Reviews.Take(ctx, in.Checkin)
	return a.draft(ctx, r, err)
}

func (a *api) letGoReview(ctx context.Context, in *CheckinPath) (*none, error) {
	return nil, a.Reviews.LetGo(ctx, in.Checkin)
}

func (a *api) saveReview(ctx context.Context, in *verdictInput) (*Answer[Draft], error) {
	r, err := a.Reviews.Save(ctx, in.Checkin, in.Body.form())
	return a.draft(ctx, r, err)
}

func (a *api) releaseReview(ctx context.Context, in *verdictInput) (*Answer[Draft], error) {
	r, err := a.Reviews.Release(ctx, in.Checkin, in.Body.form())
	return a.draft(ctx, r, err)
}

func (a *api) undoReview(ctx context.Context, in *CheckinPath) (*Answer[Draft], error) {
	r, err := a.Reviews.Undo(ctx, in.Checkin)
	return a.draft(ctx, r, err)
}

func (a *api) reopenReview(ctx context.Context, in *CheckinPath) (*Answer[Draft], error) {
	r, err := a.Reviews.Reopen(ctx, in.Checkin)
	return a.draft(ctx, r, err)
}
