// Package jobs is what follows from an event: which feature hears of which event, how an event gets from its document's
// outbox into the queue and back, and the table of periodic work. One file per feature says what it hears; the
// carrying is in outbox.go and queue.go.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"

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
	"yingdi/domain/groupbuy"
	"yingdi/domain/idempotency"
	"yingdi/domain/invitation"
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
	"yingdi/domain/push"
	"yingdi/domain/quiz"
	"yingdi/domain/referral"
	"yingdi/domain/reminder"
	"yingdi/domain/review"
	"yingdi/domain/schedule"
	"yingdi/domain/session"
	"yingdi/domain/signcard"
	"yingdi/domain/stats"
	"yingdi/domain/team"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
)

// Consumer does one thing after an event. It may be told of the same event more than once, and must not mind.
type Consumer struct {
	Name    string   // unique and lasting: documents remember by it what has been done
	Events  []string // that it hears of
	Lane    Lane
	Timeout time.Duration // of one try; 0 is a minute
	Handle  func(ctx context.Context, p domain.Posted) error
}

// Lane is a queue with a weight.
type Lane string

// The lanes. While all three are full, the workers take from them six to three to one.
const (
	Urgent Lane = "urgent" // what somebody waits for: verdicts, messages
	Normal Lane = "normal"
	Slow   Lane = "slow" // what takes long: drawing
)

var lanes = []Lane{Urgent, Normal, Slow}

var weights = map[string]int{string(Urgent): 6, string(Normal): 3, string(Slow): 1}

// Unheard lists the events that nobody needs to hear of any more. They leave the outbox at once. Any other event without
// a consumer stays there, for a version of this program that knows it.
var Unheard []string

// Services is everything that jobs call.
type Services struct {
	Members     *member.Service
	Organisers  *organiser.Service
	Media       *media.Service
	Camps       *camp.Service
	Invitations *invitation.Service
	Lessons     *lesson.Service
	Enrolments  *enrolment.Service
	Teams       *team.Service
	Quizzes     *quiz.Service
	Checkins    *checkin.Service
	Courses     *course.Service
	Moderation  *moderation.Service
	Signcards   *signcard.Service
	Channels    *channel.Service
	Reviews     *review.Service
	Notices     *notice.Service
	Reminders   *reminder.Service
	Exports     *export.Service
	Stats       *stats.Service
	Privacy     *privacy.Service
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
	Pushes      *push.Service
	Sessions    *session.Service
	Idempotency *idempotency.Service
	Schedule    *schedule.Service
}

// Consumers lists who hears of what.
func Consumers(s Services) []Consumer {
	return slices.Concat(
		members(s.Members),
		organisers(s.Organisers),
		mediaFiles(s.Media),
		camps(s.Camps),
		invitations(s.Invitations),
		lessons(s.Lessons),
		enrolments(s.Enrolments),
		offers(s.Reminders),
		teams(s.Teams),
		quizzes(s.Quizzes),
		checkins(s.Checkins),
		courses(s.Courses, s.Lessons),
		moderations(s.Moderation),
		signcards(s.Signcards),
		channels(s.Channels),
		reviews(s.Reviews),
		notices(s.Notices, s.Stats),
		statistics(s.Stats),
		exports(s.Exports),
		privacies(s.Privacy),
		orders(s.Orders),
		coupons(s.Coupons),
		groupbuys(s.Groupbuys),
		referrals(s.Referrals),
		assists(s.Assists),
		payments(s.Payments),
		pools(s.Pools),
		transfers(s.Transfers),
		wallets(s.Wallets),
		pushes(s.Pushes),
		schedules(Table(s)),
	)
}

// byID is a consumer's work that needs nothing of the event but the document's id.
func byID(work func(ctx context.Context, id string) error) func(context.Context, domain.Posted) error {
	return func(ctx context.Context, p domain.Posted) error { return work(ctx, p.ID) }
}

// decode reads the event's data. What cannot be read will not get better by trying again.
func decode(p domain.Posted, data any) error {
	if err := json.Unmarshal(p.Event.Data, data); err != nil {
		return fmt.Errorf("data of event %s: %w: %w", p.Event.ID, err, asynq.SkipRetry)
	}
	return nil
}

// kind is the type of the task that tells a consumer of an event.
func kind(event, consumer string) string { return event + "/" + consumer }

// taskID is the same however often an event is enqueued, so that the queue holds it once.
func taskID(p domain.Posted, c Consumer) string { return p.Event.ID + "/" + c.Name }

// routes is the consumers by what they hear, checked.
type routes struct {
	byEvent map[string][]Consumer
	names   map[string][]string // of the consumers of an event
	byKind  map[string]Consumer
}

func route(consumers []Consumer) (routes, error) {
	r := routes{map[string][]Consumer{}, map[string][]string{}, map[string]Consumer{}}
	seen := map[string]bool{}
	for _, c := range consumers {
		if c.Name == "" || strings.Contains(c.Name, "/") || seen[c.Name] || len(c.Events) == 0 || c.Handle == nil {
			return r, fmt.Errorf("jobs: consumer %q has no proper name of its own, hears nothing or does nothing", c.Name)
		}
		if _, ok := weights[string(c.Lane)]; !ok {
			return r, fmt.Errorf("jobs: consumer %q has the unknown lane %q", c.Name, c.Lane)
		}
		seen[c.Name] = true
		for _, event := range c.Events {
			k := kind(event, c.Name)
			for other := range r.byKind {
				if strings.HasPrefix(k, other) || strings.HasPrefix(other, k) {
					return r, fmt.Errorf("jobs: the kinds %q and %q could be mistaken for one another", k, other)
				}
			}
			r.byEvent[event] = append(r.byEvent[event], c)
			r.names[event] = append(r.names[event], c.Name)
			r.byKind[k] = c
		}
	}
	return r, nil
}
