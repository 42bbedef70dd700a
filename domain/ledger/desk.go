package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/groupbuy"
	"yingdi/domain/order"
	"yingdi/domain/pool"
	"yingdi/domain/transfer"
)

// Orders is what this feature needs of domain/order.
type Orders interface {
	Troubled(ctx context.Context, page domain.Page) ([]order.Order, domain.Cursor, error)
	Late(ctx context.Context, page domain.Page) ([]order.Order, domain.Cursor, error)
	Again(ctx context.Context, id, number string) (order.Order, error)
	Dismiss(ctx context.Context, id string, at int, outcome string) (order.Order, error)
}

// Transfers is what this feature needs of domain/transfer.
type Transfers interface {
	Many(ctx context.Context, ids []string) (map[string]transfer.Transfer, error)
	Troubled(ctx context.Context, page domain.Page) ([]transfer.Transfer, domain.Cursor, error)
	Again(ctx context.Context, id string) (transfer.Transfer, error)
	Dismiss(ctx context.Context, id string, at int, outcome string) (transfer.Transfer, error)
	Rule(ctx context.Context, id string, paid bool, outcome string) (transfer.Transfer, error)
}

// Bills is what this feature needs of domain/bill.
type Bills interface {
	Open(ctx context.Context, page domain.Page) ([]bill.Case, domain.Cursor, error)
	Again(ctx context.Context, id string) (bill.Case, error)
	Dismiss(ctx context.Context, id, outcome string) (bill.Case, error)
}

// Jobs is what this feature needs of the queue.
type Jobs interface {
	Dead(ctx context.Context, limit int) ([]domain.DeadJob, error)
	Retry(ctx context.Context, id string) error
}

// Source says where a matter comes from.
type Source string

// The sources.
const (
	Troubled  Source = "order"      // WeChat refused a refund, or said another amount
	Late      Source = "late"       // money that should long be back
	Payout    Source = "transfer"   // not claimed, refused, unclear
	Asked     Source = "withdrawal" // above the limit, or not paid
	Halted    Source = "pool"       // waits for a signature, or does not move
	Helpless  Source = "member"     // of a pool, whom the machine cannot pay
	Stuck     Source = "group"      // whose orders have not got their places or their money back
	Different Source = "bill"       // from WeChat's bill
	Died      Source = "job"
)

// Sources in the order in which the page shows them.
var Sources = []Source{Troubled, Late, Asked, Payout, Stuck, Halted, Helpless, Different, Died}

// Matter is something about money that a person must decide.
type Matter struct {
	Source   Source
	ID       string // of the document
	At       int    // of the trouble within it
	Number   string // of the payment, refund or transfer
	House    string // the organiser's id
	Camp     string
	Campaign string // of a group
	Order    string
	Member   string
	Amount   domain.Fen
	Since    time.Time
	Story    []bill.Chapter // what happened, the oldest first
	Again    bool           // it is safe to try once more
	Note     bool           // it can be closed with a word about what was done
	Unclear  bool           // a person must look up whether WeChat paid it, and say so
}

// Section is the matters of one source, and whether there are more.
type Section struct {
	Source  Source
	Matters []Matter
	Next    domain.Cursor
}

// deskPage is how many documents of each source the page shows.
const deskPage = 20

// Desk lists what waits for a person, of all whose money the acting person may see; only from one source if it is named.
func (s *Service) Desk(ctx context.Context, only Source, after domain.Cursor) (list []Section, err error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightMoney, domain.Place{}); err != nil {
		return nil, err
	}
	for _, source := range Sources {
		if only != "" && only != source {
			continue
		}
		section, err := s.section(ctx, source, domain.Page{After: after, Limit: deskPage})
		if err != nil {
			return nil, fmt.Errorf("matters of %s: %w", source, err)
		}
		if len(section.Matters) > 0 || section.Next != "" {
			list = append(list, section)
		}
	}
	return list, nil
}

func (s *Service) section(ctx context.Context, source Source, page domain.Page) (Section, error) {
	out := Section{Source: source}
	var err error
	switch source {
	case Troubled:
		var list []order.Order
		if list, out.Next, err = s.Orders.Troubled(ctx, page); err == nil {
			out.Matters = each(list, troubles)
		}
	case Late:
		var list []order.Order
		if list, out.Next, err = s.Orders.Late(ctx, page); err == nil {
			out.Matters = each(list, lates)
		}
	case Payout:
		var list []transfer.Transfer
		if list, out.Next, err = s.Transfers.Troubled(ctx, page); err == nil {
			out.Matters = each(list, payouts)
		}
	case Asked:
		out.Matters, out.Next, err = s.asked(ctx, page)
	case Halted:
		var list []pool.Pool
		if list, out.Next, err = s.Pools.Waiting(ctx, page); err == nil {
			out.Matters = each(list, halted)
		}
	case Helpless:
		var list []pool.Member
		if list, out.Next, err = s.Pools.Helpless(ctx, page); err == nil {
			out.Matters = each(list, helpless)
		}
	case Stuck:
		var list []groupbuy.Group
		if list, out.Next, err = s.Groups.Late(ctx, page); err == nil {
			out.Matters = each(list, stuck)
		}
	case Different:
		var list []bill.Case
		if list, out.Next, err = s.Bills.Open(ctx, page); err == nil {
			out.Matters = each(list, differences)
		}
	case Died:
		out.Matters, err = s.died(ctx)
	}
	return out, err
}

func each[T any](list []T, of func(T) []Matter) (matters []Matter) {
	for _, item := range list {
		matters = append(matters, of(item)...)
	}
	return matters
}

func troubles(o order.Order) (list []Matter) {
	for i, t := range o.Trouble {
		if !t.DoneAt.IsZero() {
			continue
		}
		m := Matter{
			Source: Troubled, ID: o.ID, At: i, Number: t.Number, Camp: o.Camp, Order: o.ID, Member: o.Member, Since: t.At, Note: true,
			Again: t.Kind == order.RefundAbnormal || t.Kind == order.RefundRefused, Story: storyOf(o, t.Number),
		}
		m.Amount = amountOf(o, t.Number)
		m.Story = append(m.Story, bill.Chapter{At: t.At, Text: t.Note})
		list = append(list, m)
	}
	return list
}

func lates(o order.Order) (list []Matter) {
	late := o.LateAt()
	for _, r := range o.Refunds {
		if r.State != order.RefundCreated && r.State != order.RefundProcessing {
			continue
		}
		m := Matter{
			Source: Late, ID: o.ID, Number: r.Number, Camp: o.Camp, Order: o.ID, Member: o.Member, Amount: r.Amount, Since: r.AskedAt, Again: true,
			Story: storyOf(o, r.Number),
		}
		m.Story = append(m.Story, bill.Chapter{At: late, Text: fmt.Sprintf("问过微信 %d 次，还没有到账", r.Tries)})
		list = append(list, m)
	}
	return list
}

func amountOf(o order.Order, number string) domain.Fen {
	for _, f := range o.Facts() {
		if f.Number == number {
			return f.Amount
		}
	}
	return 0
}

// storyOf tells how the money of a refund or an attempt came about.
func storyOf(o order.Order, number string) (story []bill.Chapter) {
	for _, a := range o.Attempts {
		if !a.PaidAt.IsZero() {
			story = append(story, bill.Chapter{At: a.PaidAt, Text: "收到 " + a.Amount.String() + "，微信单号 " + a.Transaction})
		}
	}
	for _, r := range o.Refunds {
		if r.Number == number {
			story = append(story, bill.Chapter{At: r.AskedAt, By: r.By, Text: "申请退回 " + r.Amount.String() + "：" + r.Reason})
		}
	}
	return story
}

func payouts(t transfer.Transfer) (list []Matter) {
	for i, had := range t.Trouble {
		if !had.DoneAt.IsZero() || withdrawn(t) {
			continue
		}
		lost := had.Kind == transfer.TransferLost
		list = append(list, Matter{
			Source: Payout, ID: t.ID, At: i, Number: had.Number, Member: t.Member, Amount: t.Amount, Since: had.At,
			Again: !lost && t.State != transfer.Paid && t.State != transfer.Cancelled, Note: !lost, Unclear: lost,
			Story: []bill.Chapter{{At: t.CreatedAt, Text: t.Title + "，" + t.Reason + "，" + t.Amount.String()}, {At: had.At, Text: had.Note}},
		})
	}
	return list
}

func differences(c bill.Case) []Matter {
	return []Matter{{
		Source: Different, ID: c.ID, Number: c.Number, Camp: c.Camp, Order: c.Order, Amount: c.Amount, Since: c.OpenedAt, Story: c.Story, Again: true, Note: true,
	}}
}

// touching are the beginnings of the kinds of jobs that touch money.
var touching = []string{"order:", "payment:", "transfer:", "wallet:", "pool:", "withdrawal:", "groupbuy:"}

// rounds are the periodic work about money.
var rounds = []string{"slot bills", "slot orders", "slot bill-cases", "slot payments", "slot transfers", "slot withdrawals", "slot pools", "slot groupbuys"}

// died lists the jobs about money that have failed as often as they may, for those who may start them again.
func (s *Service) died(ctx context.Context) (list []Matter, err error) {
	if !domain.ActorFrom(ctx).Has(domain.RightOperate, domain.Place{}) {
		return nil, nil
	}
	dead, err := s.Jobs.Dead(ctx, domain.MaxPage)
	for _, job := range dead {
		about := func(kind string) bool { return strings.HasPrefix(job.Kind, kind) }
		if !slices.ContainsFunc(touching, about) && !slices.Contains(rounds, job.Document) {
			continue
		}
		list = append(list, Matter{
			Source: Died, ID: job.ID, Number: job.Document, Since: job.FailedAt, Again: true,
			Story: []bill.Chapter{{At: job.FailedAt, Text: fmt.Sprintf("后台任务 %s 试了 %d 次都没有成功：%s", job.Kind, job.Tries, job.Error)}},
		})
	}
	return list, err
}

// Count is how many matters wait at least, for the navigation; above deskPage of a source it counts no further.
func (s *Service) Count(ctx context.Context) (n int, err error) {
	list, err := s.Desk(ctx, "", "")
	for _, section := range list {
		n += len(section.Matters)
	}
	return n, err
}

// Decision is what a person does about a matter.
type Decision struct {
	Source  Source
	ID      string
	At      int
	Number  string
	Again   bool   // try once more
	Ruling  Ruling // or: whether it was paid
	Outcome string // what was done about it, or where that is to be seen
}

// Ruling is a person's word about a transfer that WeChat no longer knows.
type Ruling string

// The rulings.
const (
	Paid   Ruling = "paid"
	Unpaid Ruling = "unpaid"
)

// Decide does what is safe about a matter: try once more under the same number, note what a person has done outside, or take
// their word for what became of a transfer of which WeChat knows nothing any more.
// Who did it and why is written down in the document itself.
func (s *Service) Decide(ctx context.Context, d Decision) (err error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightMoney, domain.Place{}); err != nil {
		return err
	}
	switch {
	case (d.Source == Troubled || d.Source == Late) && d.Again:
		_, err = s.Orders.Again(ctx, d.ID, d.Number)
	case d.Source == Troubled:
		_, err = s.Orders.Dismiss(ctx, d.ID, d.At, d.Outcome)
	case d.Source == Payout && (d.Ruling == Paid || d.Ruling == Unpaid):
		_, err = s.Transfers.Rule(ctx, d.ID, d.Ruling == Paid, d.Outcome)
	case d.Source == Payout && d.Again:
		_, err = s.Transfers.Again(ctx, d.ID)
	case d.Source == Payout:
		_, err = s.Transfers.Dismiss(ctx, d.ID, d.At, d.Outcome)
	case d.Source == Asked && d.Again:
		_, err = s.Wallets.Again(ctx, d.ID)
	case d.Source == Helpless:
		camp, member, _ := strings.Cut(d.ID, ":")
		if d.Again {
			err = s.Pools.PayAgain(ctx, camp, member)
		} else {
			err = s.Pools.Helped(ctx, camp, member, d.Outcome)
		}
	case d.Source == Stuck && d.Again:
		err = s.Groups.Again(ctx, d.ID)
	case d.Source == Different && d.Again:
		_, err = s.Bills.Again(ctx, d.ID)
	case d.Source == Different:
		_, err = s.Bills.Dismiss(ctx, d.ID, d.Outcome)
	case d.Source == Died && d.Again:
		if err := actor.Must(domain.RightOperate, domain.Place{}); err != nil {
			return err
		}
		err = s.Jobs.Retry(ctx, d.ID)
	default:
		err = domain.ErrInvalid
	}
	return err
}
