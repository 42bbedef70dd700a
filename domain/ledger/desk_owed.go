package ledger

import (
	"context"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/groupbuy"
	"yingdi/domain/pool"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
)

// Wallets is what this feature needs of domain/wallet.
type Wallets interface {
	Waiting(ctx context.Context, page domain.Page) ([]wallet.Withdrawal, domain.Cursor, error)
	Again(ctx context.Context, id string) (wallet.Withdrawal, error)
}

// Pools is what this feature needs of domain/pool.
type Pools interface {
	Waiting(ctx context.Context, page domain.Page) ([]pool.Pool, domain.Cursor, error)
	Helpless(ctx context.Context, page domain.Page) ([]pool.Member, domain.Cursor, error)
	PayAgain(ctx context.Context, camp, member string) error
	Helped(ctx context.Context, camp, member, outcome string) error
}

// Groups is what this feature needs of domain/groupbuy.
type Groups interface {
	Late(ctx context.Context, page domain.Page) ([]groupbuy.Group, domain.Cursor, error)
	Again(ctx context.Context, id string) error
}

// asked are the withdrawals that wait for staff, with what became of the transfers of those that failed.
func (s *Service) asked(ctx context.Context, page domain.Page) (matters []Matter, next domain.Cursor, err error) {
	list, next, err := s.Wallets.Waiting(ctx, page)
	if err != nil {
		return nil, "", err
	}
	var sent []string
	for _, d := range list {
		if d.State == wallet.Failed {
			sent = append(sent, d.Transfer())
		}
	}
	transfers := map[string]transfer.Transfer{}
	if len(sent) > 0 {
		if transfers, err = s.Transfers.Many(ctx, sent); err != nil {
			return nil, "", err
		}
	}
	for _, d := range list {
		m := Matter{Source: Asked, ID: d.ID, House: d.Organiser, Member: d.Member, Number: d.ID, Amount: d.Amount, Since: d.At, Again: d.State == wallet.Failed}
		for _, c := range d.Story {
			text := changes[c.To]
			if c.Reason != "" {
				text += "：" + c.Reason
			}
			m.Story, m.Since = append(m.Story, bill.Chapter{At: c.At, By: c.By, Text: text}), c.At
		}
		for _, t := range transfers[d.Transfer()].Trouble {
			m.Number = t.Number
			m.Story = append(m.Story, bill.Chapter{At: t.At, Text: t.Note})
		}
		matters = append(matters, m)
	}
	return matters, next, nil
}

// withdrawn reports whether a transfer has its place among the withdrawals.
func withdrawn(t transfer.Transfer) bool {
	return t.Kind == transfer.Withdrawal && (t.State == transfer.Failed || t.State == transfer.Unclaimed)
}

// changes tell what became of a withdrawal.
var changes = map[wallet.State]string{
	wallet.Applied: "申请提现", wallet.Approved: "已通过", wallet.Transferring: "交给微信付款", wallet.Failed: "没有付成，金额仍为学员留着",
	wallet.Done: "已到账", wallet.Rejected: "已拒绝", wallet.Cancelled: "已取消",
}

// halted tells what a pool waits for.
func halted(p pool.Pool) []Matter {
	last := p.Log[len(p.Log)-1]
	m := Matter{Source: Halted, ID: p.ID, House: p.Organiser, Camp: p.ID, Amount: p.Totals.Pool, Since: last.At}
	for _, a := range p.Log {
		if text, ok := acts[a.Kind]; ok {
			m.Story = append(m.Story, bill.Chapter{At: a.At, By: a.By, Text: text})
		}
	}
	text := "一小时没有进展：系统会继续重试，失败的原因在“失败的后台任务”里"
	if p.State == pool.Computed {
		text = "名单已经算好，等另一位有资金权限的同事核对并确认，之后才会发放"
	}
	m.Story = append(m.Story, bill.Chapter{At: last.At, Text: text})
	return []Matter{m}
}

// acts tell how a pool came to where it is; the rest of its log is on its own page.
var acts = map[pool.ActKind]string{pool.ActCompute: "计算名单", pool.ActSign: "确认名单", pool.ActCancel: "取消奖学金池，全部退回"}

// helpless tells why the machine cannot pay a member.
func helpless(in pool.Member) []Matter {
	m := Matter{
		Source: Helpless, ID: in.ID, House: in.Organiser, Camp: in.Camp, Order: in.Order, Member: in.Member, Number: in.ID, Again: true, Note: true,
		Story: []bill.Chapter{{At: in.EnteredAt, Text: "入池 " + in.Part.String()}},
	}
	for i, l := range []pool.Leg{in.Own, in.Gain} {
		if !l.Refused {
			continue
		}
		what := []string{"退回自己的部分", "分到的奖学金"}[i]
		m.Amount, m.Since = m.Amount+l.Amount, l.At
		m.Story = append(m.Story, bill.Chapter{At: l.At, Text: what + " " + l.Amount.String() + "：" + l.Note})
	}
	return []Matter{m}
}

// stuck tells which orders of a group have not done yet what became of it.
func stuck(g groupbuy.Group) []Matter {
	m := Matter{
		Source: Stuck, ID: g.ID, House: g.Organiser, Camp: g.Camp, Campaign: g.Campaign, Member: g.Leader, Number: g.ID, Since: g.LateAt(), Again: true,
		Story: []bill.Chapter{{At: g.OpenedAt, Text: fmt.Sprintf("开了 %d 人团", g.Terms.Size)}},
	}
	switch g.State {
	case groupbuy.Succeeded:
		m.Story = append(m.Story, bill.Chapter{At: g.EndedAt, Text: "人满成团"})
	case groupbuy.Failed:
		m.Story = append(m.Story, bill.Chapter{At: g.EndedAt, Text: "没有成团，已付的钱应全部退回"})
	}
	owing := g.Owing()
	for _, seat := range owing {
		text := "订单 " + seat.Order + "：已成团，名额还没有开通"
		switch {
		case seat.State == groupbuy.Refunding && seat.Asked:
			text = "订单 " + seat.Order + "：退款已交给微信，还没有到账（" + seat.Why.Text() + "）"
		case seat.State == groupbuy.Refunding:
			text = "订单 " + seat.Order + "：应退款，还没有交给微信（" + seat.Why.Text() + "）"
		}
		m.Story = append(m.Story, bill.Chapter{At: seat.OwedAt, Text: text})
	}
	if len(owing) == 1 {
		m.Order = owing[0].Order
	}
	return []Matter{m}
}
