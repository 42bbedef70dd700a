package export

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/coupon"
)

// home is the calendar of what belongs to no camp.
var home = domain.Calendar{Zone: "Asia/Shanghai"}

// AskCodes has the codes of a batch written by a worker. Returns ErrBusy if the acting person has as many open exports as
// one may.
func (s *Service) AskCodes(ctx context.Context, template, batch string) (Export, error) {
	b, err := s.Coupons.BatchForStaff(ctx, template, batch)
	if err != nil {
		return Export{}, err
	}
	if err := domain.ActorFrom(ctx).Must(domain.RightExport, domain.Place{Organiser: b.Organiser}); err != nil {
		return Export{}, err
	}
	return s.begin(ctx, Export{Organiser: b.Organiser, Kind: Codes, Template: template, Batch: batch}, home)
}

// OfTemplate lists the exports of a template's codes to those who may export, the newest first.
func (s *Service) OfTemplate(ctx context.Context, organiser, template string) ([]Entry, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightExport, domain.Place{Organiser: organiser}); err != nil {
		return nil, err
	}
	list, _, err := s.Store.OfTemplate(ctx, template, domain.Page{Limit: 10})
	if err != nil {
		return nil, err
	}
	return s.entries(ctx, list)
}

// codes are the codes of a batch, as many as there were when the file was begun.
func (w writer) codes(ctx context.Context) (part, error) {
	b, err := w.Coupons.BatchForStaff(domain.WithActor(ctx, domain.SystemActor), w.export.Template, w.export.Batch)
	return part{
		name: "兑换码", head: []string{"序号", "兑换码", "状态", "使用时间"},
		count: func(context.Context) (int64, error) { return int64(b.Made), nil },
		each: func(ctx context.Context, yield func(int, [][]any) error) error {
			for after := 0; after < b.Made; {
				list, err := w.Coupons.Written(ctx, b, after)
				if err != nil {
					return err
				}
				rows := make([][]any, len(list))
				for i, c := range list {
					rows[i] = []any{int64(c.N), c.Text, codeState(b, c.Code), w.at(c.Code.TakenAt)}
					after = c.N
				}
				if err := yield(len(list), rows); err != nil {
					return err
				}
			}
			return nil
		},
	}, err
}

func codeState(b coupon.Batch, c coupon.Code) string {
	switch {
	case c.Member != "":
		return "已使用"
	case c.Batch != b.ID: // the same as one of another batch, which came first
		return "请勿使用"
	case !b.VoidAt.IsZero():
		return "已作废"
	}
	return "未使用"
}
