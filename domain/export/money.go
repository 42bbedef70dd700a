package export

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/order"
)

var causes = map[order.RefundCause]string{
	order.CauseOrphan: "重复或过期付款", order.CauseNoSeat: "名额已满", order.CauseLearner: "学员申请", order.CauseStaff: "机构退款", order.CausePool: "奖学金池返还", order.CauseSpecial: "未成团",
}

// money is each payment and each refund of the camp, a row each, with what is held of its order beside the last.
func (w writer) money() part {
	return part{
		name: "资金", count: func(ctx context.Context) (int64, error) { return w.Orders.CountCamp(ctx, w.camp.ID) },
		head: []string{"订单号", "学员编号", "昵称", "名额", "类型", "时间", "收入（元）", "支出（元）", "金额（分）", "状态", "商户单号", "微信单号", "原因", "微信账单日", "订单持有（元）", "其中奖学金池（元）"},
		each: func(ctx context.Context, yield func(int, [][]any) error) error {
			return pages(func(page domain.Page) ([]order.Order, domain.Cursor, error) {
				return w.Orders.ByCamp(ctx, w.camp.ID, "", page)
			}, func(list []order.Order) error {
				people, err := contacts(ctx, w, list, func(o order.Order) string { return o.Member })
				if err != nil {
					return err
				}
				var rows [][]any
				for _, o := range list {
					rows = append(rows, w.moneyRows(o, people[o.Member].Nickname)...)
				}
				return yield(len(list), rows)
			})
		},
	}
}

func (w writer) moneyRows(o order.Order, nickname string) (rows [][]any) {
	transactions := map[string]string{}
	for _, a := range o.Attempts {
		transactions[a.Number] = a.Transaction
	}
	for _, f := range o.Facts() {
		if !f.Done && !f.Back {
			continue // nobody paid it
		}
		kind, state, in, out, amount := "收款", "到账", any(f.Amount), any(""), f.Amount
		if f.Back {
			kind, in, out, amount = "退款", "", f.Amount, -f.Amount
		}
		if !f.Done {
			state = "途中"
		}
		rows = append(rows, []any{
			o.ID, o.Member, nickname, o.Promise.Title, kind, w.at(f.At), in, out, int64(amount), state, f.Number, transactions[f.Number], causes[f.Cause],
			string(f.Billed.Day), "", "",
		})
	}
	if n := len(rows); n > 0 {
		rows[n-1][14], rows[n-1][15] = o.Held(), o.HeldPart()
	}
	return rows
}
