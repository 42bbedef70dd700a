package api

import (
	"context"
	"time"

	"yingdi/domain/notice"
)

// Notice is an entry of my inbox.
type Notice struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind" example:"review_received"`
	Title string    `json:"title"`
	Body  string    `json:"body"`
	Page  string    `json:"page" doc:"Page of the mini-program that a tap opens"`
	At    time.Time `json:"at"`
	Read  bool      `json:"read"`
}

// Inbox is a page of it.
type Inbox struct {
	List[Notice]
	Unread int64 `json:"unread" doc:"In all"`
}

func noticeOf(n notice.Notice) Notice {
	return Notice{n.ID, string(n.Kind), n.Title, n.Body, n.Page, n.At, !n.ReadAt.IsZero()}
}

func (a *api) notices(ctx context.Context, in *Page) (*Answer[Inbox], error) {
	list, unread, next, err := a.Notices.Inbox(ctx, in.page())
	return answer(Inbox{listOf(list, next, noticeOf).Body, unread}), err
}

type noticePath struct {
	Notice string `path:"notice" pattern:"^[0-9A-Za-z_:-]{1,200}$" patternDescription:"id"`
}

func (a *api) readNotice(ctx context.Context, in *noticePath) (*Answer[Notice], error) {
	n, err := a.Notices.Read(ctx, in.Notice)
	return answer(noticeOf(n)), err
}
