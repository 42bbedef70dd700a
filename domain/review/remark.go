package review

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
)

// Remarks are frequent remarks: an organiser's for all its reviewers, or one teacher's own in that organiser. The id
// is the organiser's, or organiser:member.
type Remarks struct {
	domain.Doc
	List []Remark `json:"list"`
}

// Remark is put into a review by one key.
type Remark struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Uses int    `json:"uses"` // in released reviews
	Ours bool   `json:"-"`    // the organiser's, as opposed to one's own
}

// Limits of frequent remarks.
const (
	MaxRemarks = 30 // in one list
	MaxRemark  = 200
)

// The refusals of frequent remarks.
var (
	ErrManyRemarks = domain.Refusal(domain.KindConflict, "remarks_full", "常用评语最多 30 条，请先删掉不用的").On("text")
	ErrSameRemark  = domain.Refusal(domain.KindConflict, "remark_exists", "已经有这条常用评语了").On("text")
)

// usual are the remarks of those who have made none.
var usual = []string{
	"完成得很认真，继续保持！", "比昨天有进步，能看出你下了功夫。", "表达很清楚，有自己的想法。",
	"内容很完整，可以再具体一点。", "不着急，放慢一点多练几遍。", "今天辛苦了，明天继续加油！",
}

// RemarkStore keeps frequent remarks.
type RemarkStore interface {
	domain.Documents[Remarks]
	domain.Many[Remarks]
}

// Add puts a remark at the end.
func (l *Remarks) Add(r Remark) error {
	switch {
	case len(l.List) >= MaxRemarks:
		return ErrManyRemarks
	case slices.ContainsFunc(l.List, func(o Remark) bool { return o.Text == r.Text }):
		return ErrSameRemark
	}
	l.List = append(l.List, r)
	return nil
}

// Remove takes a remark away.
func (l *Remarks) Remove(id string) error {
	n := len(l.List)
	if l.List = slices.DeleteFunc(l.List, func(r Remark) bool { return r.ID == id }); len(l.List) == n {
		return domain.ErrSame
	}
	return nil
}

// use counts the remarks that were used.
func (l *Remarks) use(ids []string) error {
	used := false
	for i := range l.List {
		if slices.Contains(ids, l.List[i].ID) {
			l.List[i].Uses++
			used = true
		}
	}
	if !used {
		return domain.ErrSame
	}
	return nil
}

// remarksID of the list that is the acting person's own, or all reviewers'.
func remarksID(ctx context.Context, organiser string, ours bool) string {
	if ours {
		return organiser
	}
	return domain.Key(organiser, domain.ActorFrom(ctx).Member)
}

// RemarksOf lists the frequent remarks that the acting reviewer can use in an organiser's camps, the most used first,
// their own before the organiser's. Whoever calls it has checked who asks.
func (s *Service) RemarksOf(ctx context.Context, organiser string) ([]Remark, error) {
	own, ours := remarksID(ctx, organiser, false), remarksID(ctx, organiser, true)
	found, err := s.Remarks.GetMany(ctx, []string{own, ours})
	if err != nil {
		return nil, err
	}
	byUse := func(list []Remark) []Remark {
		slices.SortStableFunc(list, func(a, b Remark) int { return cmp.Compare(b.Uses, a.Uses) })
		return list
	}
	shared := byUse(found[ours].List)
	for i := range shared {
		shared[i].Ours = true
	}
	list := append(byUse(found[own].List), shared...)
	if len(list) == 0 {
		for _, text := range usual {
			list = append(list, Remark{Text: text, Ours: true})
		}
	}
	return list, nil
}

// AddRemark adds a frequent remark: to the acting reviewer's own, or to the organiser's for those who may review in all
// its camps. Returns ErrManyRemarks, ErrSameRemark.
func (s *Service) AddRemark(ctx context.Context, campID, text string, ours bool) error {
	id, err := s.mayRemark(ctx, campID, ours)
	if err != nil {
		return err
	}
	var check domain.Check
	check.Text("text", "常用评语", text, 1, MaxRemark)
	if err := check.Err(); err != nil {
		return err
	}
	fresh := Remark{ID: s.IDs.New(), Text: text}
	add := func(l *Remarks) error { return l.Add(fresh) }
	_, err = s.Remarks.Update(ctx, id, add)
	if errors.Is(err, domain.ErrNotFound) {
		if err = s.Remarks.Insert(ctx, Remarks{Doc: domain.Doc{ID: id}, List: []Remark{fresh}}); errors.Is(err, domain.ErrExists) {
			_, err = s.Remarks.Update(ctx, id, add)
		}
	}
	return err
}

// RemoveRemark takes a frequent remark away; it is no error if it is not there.
func (s *Service) RemoveRemark(ctx context.Context, campID, remark string, ours bool) error {
	id, err := s.mayRemark(ctx, campID, ours)
	if err != nil {
		return err
	}
	_, err = s.Remarks.Update(ctx, id, func(l *Remarks) error { return l.Remove(remark) })
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}

func (s *Service) mayRemark(ctx context.Context, campID string, ours bool) (id string, err error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightReview)
	if err != nil {
		return "", err
	}
	if ours {
		if err := domain.ActorFrom(ctx).Must(domain.RightReview, domain.Place{Organiser: in.Organiser}); err != nil {
			return "", fmt.Errorf("remarks of organiser %s: %w", in.Organiser, err)
		}
	}
	return remarksID(ctx, in.Organiser, ours), nil
}

// countRemarks counts what was used.
func (s *Service) countRemarks(ctx context.Context, organiser string, used []string) error {
	if len(used) == 0 {
		return nil
	}
	for _, ours := range []bool{false, true} {
		_, err := s.Remarks.Update(ctx, remarksID(ctx, organiser, ours), func(l *Remarks) error { return l.use(used) })
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	return nil
}
