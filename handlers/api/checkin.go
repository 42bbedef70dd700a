package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/member"
)

// Receipt is what a learner gets for handing in.
type Receipt struct {
	ID          string     `json:"id"`
	Camp        string     `json:"camp"`
	Task        string     `json:"task"`
	Day         domain.Day `json:"day" format:"date" doc:"By the camp's calendar and the server's clock"`
	State       string     `json:"state" enum:"pending,visible,hidden,rejected"`
	MadeUp      bool       `json:"made_up" doc:"Its day was made up"`
	Streak      int        `json:"streak" doc:"With this one"`
	Text        string     `json:"text"`
	Media       []string   `json:"media" nullable:"false"`
	Audience    string     `json:"audience" enum:"camp,teachers"`
	SubmittedAt time.Time  `json:"submitted_at"`
	EditUntil   time.Time  `json:"edit_until"`
}

// Words is what a learner hands in.
type Words struct {
	Text     string    `json:"text,omitempty" maxLength:"3000"`
	Media    []MediaID `json:"media,omitempty" nullable:"false" maxItems:"9" doc:"Ids of completed uploads of one's own"`
	Audience string    `json:"audience,omitempty" enum:"camp,teachers" doc:"Who may see it; the camp unless said otherwise"`
	Topics   []Topical `json:"topics,omitempty" nullable:"false" maxItems:"3" doc:"Chosen of those that the camp offers; others go into the text as #topic"`
}

func (w Words) form() checkin.Form {
	form := checkin.Form{Text: w.Text, Audience: checkin.Audience(w.Audience)}
	for _, id := range w.Media {
		form.Media = append(form.Media, string(id))
	}
	for _, topic := range w.Topics {
		form.Topics = append(form.Topics, string(topic))
	}
	return form
}

type submitInput struct {
	CampPath
	Body struct {
		Task   string `json:"task" pattern:"^[0-9A-Za-z_-]{1,64}$" patternDescription:"id" doc:"Id of a task of today, or of the day to make up"`
		MakeUp bool   `json:"make_up,omitempty" doc:"Make up a missed day; takes one of my make-ups for it"`
		Words
	}
}

func (a *api) submit(ctx context.Context, in *submitInput) (*Made[Receipt], error) {
	form := in.Body.form()
	form.MakeUp = in.Body.MakeUp
	c, fresh, err := a.Checkins.Submit(ctx, in.Camp, in.Body.Task, form)
	if err != nil {
		return nil, err
	}
	receipt, err := a.receipt(ctx, c)
	return made(receipt, fresh), err
}

type editCheckinInput struct {
	CheckinPath
	Body Words
}

func (a *api) editCheckin(ctx context.Context, in *editCheckinInput) (*Answer[Receipt], error) {
	c, err := a.Checkins.Edit(ctx, in.Checkin, in.Body.form())
	if err != nil {
		return nil, err
	}
	receipt, err := a.receipt(ctx, c)
	return answer(receipt), err
}

func (a *api) receipt(ctx context.Context, c checkin.Checkin) (Receipt, error) {
	progress, err := a.Checkins.MyProgress(ctx, c.Camp)
	return Receipt{
		ID: c.ID, Camp: c.Camp, Task: c.Task, Day: c.Day, State: string(c.State), MadeUp: c.MadeUp, Streak: progress.Streak, Text: c.Text,
		Media: append([]string{}, c.Media...), Audience: string(c.Audience), SubmittedAt: c.SubmittedAt, EditUntil: c.EditUntil,
	}, err
}

// Checkin is a check-in as I see it.
type Checkin struct {
	ID          string     `json:"id"`
	Camp        string     `json:"camp"`
	Task        string     `json:"task"`
	Day         domain.Day `json:"day" format:"date"`
	MadeUp      bool       `json:"made_up" doc:"Its day was made up"`
	Author      Person     `json:"author"`
	Text        string     `json:"text"`
	Media       []File     `json:"media" nullable:"false"`
	Audience    string     `json:"audience" enum:"camp,teachers"`
	State       string     `json:"state" enum:"pending,visible,hidden,rejected"`
	Reason      string     `json:"reason,omitempty" doc:"Why others do not see it; told to its author only"`
	Topics      []string   `json:"topics" nullable:"false" doc:"What it is about, at most three"`
	Pinned      bool       `json:"pinned" doc:"At the top of the feed"`
	Featured    bool       `json:"featured" doc:"Chosen by staff"`
	Likes       int        `json:"likes"`
	Comments    int        `json:"comments"`
	Liked       bool       `json:"liked" doc:"By me"`
	Mine        bool       `json:"mine"`
	Editable    bool       `json:"editable" doc:"By me, now"`
	Reviewed    bool       `json:"reviewed"`
	SubmittedAt time.Time  `json:"submitted_at"`
}

type feedInput struct {
	CampPath
	Page
	Mine     bool    `query:"mine" doc:"Only my own, in whatever state; goes before the others"`
	Featured bool    `query:"featured" doc:"Only what staff have chosen"`
	Topic    Topical `query:"topic" doc:"Only what is about it"`
}

func (a *api) feed(ctx context.Context, in *feedInput) (*Answer[List[Checkin]], error) {
	list := func(ctx context.Context, camp string, page domain.Page) ([]checkin.Entry, domain.Cursor, error) {
		look := checkin.Look{Topic: string(in.Topic)}
		if in.Featured {
			look.Only = checkin.OnlyFeatured
		}
		return a.Checkins.Feed(ctx, camp, look, page)
	}
	if in.Mine {
		list = a.Checkins.Mine
	}
	entries, next, err := list(ctx, in.Camp, in.page())
	if err != nil {
		return nil, err
	}
	convert, err := a.checkinViews(ctx, entries...)
	if err != nil {
		return nil, err
	}
	return listOf(entries, next, convert), nil
}

func (a *api) checkin(ctx context.Context, in *CheckinPath) (*Answer[Checkin], error) {
	entry, err := a.Checkins.View(ctx, in.Checkin)
	if err != nil {
		return nil, err
	}
	convert, err := a.checkinViews(ctx, entry)
	if err != nil {
		return nil, err
	}
	return answer(convert(entry)), nil
}

func (a *api) checkinViews(ctx context.Context, entries ...checkin.Entry) (func(checkin.Entry) Checkin, error) {
	authors := make([]member.Card, len(entries))
	for i, e := range entries {
		authors[i] = e.Author
	}
	people, err := a.people(ctx, authors...)
	return func(e checkin.Entry) Checkin {
		c := Checkin{
			ID: e.ID, Camp: e.Camp, Task: e.Task, Day: e.Day, MadeUp: e.MadeUp, Author: people[e.Author.ID], Text: e.Text, Media: filesOf(e.Files),
			Audience: string(e.Audience), State: string(e.State), Likes: e.Likes, Comments: e.Comments, Liked: e.Liked,
			Topics: append([]string{}, e.Topics()...), Pinned: e.Pinned, Featured: e.Featured(), Mine: e.Mine, Editable: e.Editable, Reviewed: e.Reviewed, SubmittedAt: e.SubmittedAt,
		}
		if e.Mine {
			c.Reason = e.Reason
		}
		return c
	}, err
}

func (a *api) deleteCheckin(ctx context.Context, in *CheckinPath) (*none, error) {
	return nil, a.Checkins.Delete(ctx, in.Checkin)
}
