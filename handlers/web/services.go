// Package web is what the API, the console and the callbacks share at the edge: errors to HTTP in one table, sessions,
// limits, CSRF, rendering.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/bill"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/checkin"
	"yingdi/domain/coupon"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/export"
	"yingdi/domain/form"
	"yingdi/domain/groupbuy"
	"yingdi/domain/idempotency"
	"yingdi/domain/invitation"
	"yingdi/domain/ledger"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/moderation"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/organiser"
	"yingdi/domain/payment"
	"yingdi/domain/pool"
	"yingdi/domain/privacy"
	"yingdi/domain/product"
	"yingdi/domain/push"
	"yingdi/domain/quiz"
	"yingdi/domain/referral"
	"yingdi/domain/review"
	"yingdi/domain/risk"
	"yingdi/domain/session"
	"yingdi/domain/signcard"
	"yingdi/domain/stats"
	"yingdi/domain/study"
	"yingdi/domain/team"
	"yingdi/domain/today"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
	"yingdi/domain/wechat"
	"yingdi/domain/wechatpay"
)

// Services is everything that the handlers call.
type Services struct {
	Members     *member.Service
	Sessions    *session.Service
	Organisers  *organiser.Service
	Media       *media.Service
	Camps       *camp.Service
	Lessons     *lesson.Service
	Invitations *invitation.Service
	Channels    *channel.Service
	Forms       *form.Service
	Enrolments  *enrolment.Service
	Teams       *team.Service
	Notices     *notice.Service
	Quizzes     *quiz.Service
	Checkins    *checkin.Service
	Studies     *study.Service
	Courses     *course.Service
	Moderation  *moderation.Service
	Reviews     *review.Service
	Signcards   *signcard.Service
	Risks       *risk.Service
	Today       *today.Service
	Exports     *export.Service
	Stats       *stats.Service
	Privacy     *privacy.Service
	Products    *product.Service
	Orders      *order.Service
	Coupons     *coupon.Service
	Groupbuys   *groupbuy.Service
	Referrals   *referral.Service
	Assists     *assist.Service
	Payments    *payment.Service
	Pools       *pool.Service
	Transfers   *transfer.Service
	Bills       *bill.Service
	Wallets     *wallet.Service
	Ledger      *ledger.Service
	Pushes      *push.Service
	Idempotency *idempotency.Service

	Receiver    Receiver
	PayReceiver PayReceiver
	Limiter     Limiter
	Sells       bool // the deployment has a merchant of WeChat Pay
	Jobs        Jobs
	Codes       Codes
	Ready       func(ctx context.Context) error // nil when everything this process needs answers
	Clock       domain.Clock
	Log         *slog.Logger
}

// Receiver verifies and decrypts what WeChat sends. Returns wechat.ErrBadPush for anything forged, stale or plaintext.
type Receiver interface {
	Receive(query url.Values, body []byte, now time.Time) (wechat.Push, error)
	// Echo answers WeChat's check of the address.
	Echo(query url.Values, now time.Time) (string, error)
}

// PayReceiver verifies and decrypts what WeChat Pay sends. Returns wechatpay.ErrBadNotice for anything forged, stale or
// malformed, and wechatpay.ErrWrongNotice for what is another merchant's.
type PayReceiver interface {
	Receive(ctx context.Context, h http.Header, body []byte) (wechatpay.Notice, error)
}

// Limiter counts what one key did in a window of time. retry is how long to wait when ok is false. While it cannot
// count, ok is true beside the error: a limit protects, and must not be what keeps everybody out.
type Limiter interface {
	Allow(ctx context.Context, key string, limit int, window time.Duration) (ok bool, retry time.Duration, err error)
}

// Codes makes the mini-program code that signs a browser in to the console.
type Codes interface {
	QR(ctx context.Context, scene, page string) ([]byte, error)
}

// Jobs shows what the queue gave up on.
type Jobs interface {
	// Dead lists jobs that failed for good, the newest first.
	Dead(ctx context.Context, limit int) ([]domain.DeadJob, error)
	// Retry puts a dead job back into the queue. Returns domain.ErrNotFound if it is not there.
	Retry(ctx context.Context, id string) error
}
