package api

import (
	"context"
	"maps"
	"slices"
	"time"

	"yingdi/domain/review"
)

// Review is what a teacher said to my check-in, as it holds now.
type Review struct {
	Remark
	Round   int      `json:"round" doc:"Counts how often it was changed"`
	Passed  bool     `json:"passed" doc:"A homework is done once this is true"`
	Redo    *Redo    `json:"redo" doc:"What I am asked to do again; null if nothing, or if I have handed in again since"`
	Earlier []Remark `json:"earlier" nullable:"false" doc:"What was said before, the oldest first"`
}

// Remark is one answer of a teacher.
type Remark struct {
	Text     string           `json:"text"`
	Points   int              `json:"points" doc:"0–100; 0 gives none, unless there are scores"`
	Scores   []CriterionScore `json:"scores" nullable:"false" doc:"By the task's rubric; their sum is the points"`
	Media    []File           `json:"media" nullable:"false" doc:"A voice, pictures"`
	Returned bool             `json:"returned" doc:"I was asked to do it again"`
	Reviewer Person           `json:"reviewer"`
	Version  int              `json:"version" doc:"Of the check-in that this is about; 0 if it was not noted"`
	At       time.Time        `json:"at"`
}

// CriterionScore is the points for one criterion.
type CriterionScore struct {
	Title  string `json:"title"`
	Points int    `json:"points" doc:"-1 in a draft: not given yet"`
	Most   int    `json:"most"`
}

// Redo is what a learner is asked to do again.
type Redo struct {
	Reason string     `json:"reason"`
	Until  *time.Time `json:"until" doc:"null: whenever"`
	Open   bool       `json:"open" doc:"It can still be handed in"`
}

func (a *api) review(ctx context.Context, in *CheckinPath) (*Answer[Review], error) {
	told, err := a.Reviews.ForLearner(ctx, in.Checkin)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, said := range append(told.Earlier, told.Said) {
		ids = append(ids, said.Reviewer)
	}
	people, err := a.peopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	body := Review{Remark: remarkOf(told.Said, people), Round: told.Round, Passed: told.Passed, Earlier: make([]Remark, len(told.Earlier))}
	for i, said := range told.Earlier {
		body.Earlier[i] = remarkOf(said, people)
	}
	if told.Redo.Asked {
		body.Redo = &Redo{Reason: told.Redo.Reason, Until: moment(told.Redo.Until), Open: told.Redo.Open}
	}
	return answer(body), nil
}

// peopleByID is people for those of whom only the ids are known.
func (a *api) peopleByID(ctx context.Context, ids []string) (map[string]Person, error) {
	cards, err := a.Members.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	return a.people(ctx, slices.Collect(maps.Values(cards))...)
}

func remarkOf(s review.Said, people map[string]Person) Remark {
	return Remark{
		Text: s.Text, Points: s.Points, Scores: scoresOf(s.Scores), Media: filesOf(s.Files), Returned: s.Return != nil,
		Reviewer: people[s.Reviewer], Version: s.Judged.Version, At: s.At,
	}
}

func scoresOf(scores []review.Score) []CriterionScore {
	list := make([]CriterionScore, len(scores))
	for i, s := range scores {
		list[i] = CriterionScore{s.Title, s.Points, s.Most}
	}
	return list
}

type redoInput struct {
	CheckinPath
	Body Words
}

func (a *api) redo(ctx context.Context, in *redoInput) (*Answer[Receipt], error) {
	c, err := a.Reviews.HandInAgain(ctx, in.Checkin, in.Body.form())
	if err != nil {
		return nil, err
	}
	receipt, err := a.receipt(ctx, c)
	return answer(receipt), err
}

// Submission is what was handed in before.
type Submission struct {
	Version int       `json:"version"`
	Text    string    `json:"text"`
	Media   []File    `json:"media" nullable:"false"`
	At      time.Time `json:"at"`
}

// Submissions are all that there were.
type Submissions struct {
	Items []Submission `json:"items" nullable:"false" doc:"The oldest first, without the present one"`
}

func (a *api) submissions(ctx context.Context, in *CheckinPath) (*Answer[Submissions], error) {
	entries, err := a.Checkins.History(ctx, in.Checkin)
	body := Submissions{Items: make([]Submission, len(entries))}
	for i, e := range entries {
		body.Items[i] = Submission{e.Version, e.Text, filesOf(e.Files), e.SubmittedAt}
	}
	return answer(body), err
}
