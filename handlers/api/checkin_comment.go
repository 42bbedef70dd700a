package api

import (
	"context"
	"time"

	"yingdi/domain/checkin"
	"yingdi/domain/member"
)

func (a *api) like(ctx context.Context, in *CheckinPath) (*none, error) {
	return nil, a.Checkins.Like(ctx, in.Checkin, true)
}

func (a *api) unlike(ctx context.Context, in *CheckinPath) (*none, error) {
	return nil, a.Checkins.Like(ctx, in.Checkin, false)
}

// Comment is a word under a check-in.
type Comment struct {
	ID     string    `json:"id"`
	Author Person    `json:"author"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
}

type commentsInput struct {
	CheckinPath
	Page
}

func (a *api) comments(ctx context.Context, in *commentsInput) (*Answer[List[Comment]], error) {
	said, next, err := a.Checkins.CommentsOf(ctx, in.Checkin, in.page())
	if err != nil {
		return nil, err
	}
	authors := make([]member.Card, len(said))
	for i, s := range said {
		authors[i] = s.Author
	}
	people, err := a.people(ctx, authors...)
	if err != nil {
		return nil, err
	}
	return listOf(said, next, func(s checkin.Said) Comment {
		return Comment{s.ID, people[s.Author.ID], s.Text, s.At}
	}), nil
}

type sayInput struct {
	CheckinPath
	Body struct {
		Text string `json:"text" maxLength:"500"`
	}
}

// SaidComment is a comment that I have just made.
type SaidComment struct {
	ID    string    `json:"id"`
	Text  string    `json:"text"`
	State string    `json:"state" enum:"pending,visible,hidden,rejected" doc:"Others see it once it is visible"`
	At    time.Time `json:"at"`
}

func (a *api) say(ctx context.Context, in *sayInput) (*Made[SaidComment], error) {
	c, err := a.Checkins.Say(ctx, in.Checkin, in.Body.Text)
	return made(SaidComment{c.ID, c.Text, string(c.State), c.At}, true), err
}

func (a *api) unsay(ctx context.Context, in *CommentPath) (*none, error) {
	return nil, a.Checkins.Unsay(ctx, in.Comment)
}
