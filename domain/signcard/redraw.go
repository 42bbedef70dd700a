package signcard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
)

// Redraw draws many cards anew, batch by batch: those of a camp after its template changed, or those of a person whose
// name or avatar was taken down. A picture takes the place of the one before it, under the same key, so that links that
// were handed out show the new one and nothing is left over.
type Redraw struct {
	domain.Doc
	Scope   string        `json:"scope"` // id of the camp or of the person
	Person  bool          `json:"person,omitempty"`
	Restyle bool          `json:"restyle,omitempty"` // with the template that the camp has now, instead of the one that each card was made with
	By      string        `json:"by,omitempty"`
	At      time.Time     `json:"at"`
	State   RedrawState   `json:"state"`
	Total   int64         `json:"total"`
	Done    int64         `json:"done"`
	Failed  int64         `json:"failed"` // of those that are done
	Step    int           `json:"step"`
	Cursor  domain.Cursor `json:"cursor,omitempty"`
	EndedAt time.Time     `json:"ended_at,omitzero"`
}

// RedrawState is how far it is.
type RedrawState string

// running → done | cancelled.
const (
	Running   RedrawState = "running"
	Done      RedrawState = "done"
	Cancelled RedrawState = "cancelled"
)

// EventRedraw says that the next batch is due.
const EventRedraw = "cardredraw:step"

// RedrawStep is the data of EventRedraw.
type RedrawStep struct {
	Step int `json:"step"`
}

const redrawBatch = 40

// ErrRedrawing means that the camp's cards are being drawn anew already.
var ErrRedrawing = domain.Refusal(domain.KindConflict, "redrawing", "正在重新绘制，请等它完成或先取消")

// RedrawStore keeps redraws.
type RedrawStore interface {
	// Insert returns domain.ErrExists, too, while one of the same scope is running.
	domain.Documents[Redraw]
	// OfScope lists redraws of a camp or a person, the latest first.
	OfScope(ctx context.Context, scope string, page domain.Page) ([]Redraw, domain.Cursor, error)
}

// advance notes a batch.
func (r *Redraw) advance(step int, done, failed int64, next domain.Cursor, now time.Time) error {
	if r.State != Running || r.Step != step {
		return domain.ErrSame
	}
	r.Done, r.Failed, r.Cursor, r.Step = r.Done+done, r.Failed+failed, next, step+1
	if next == "" {
		r.State, r.EndedAt, r.Total = Done, now, r.Done
		return nil
	}
	r.Total = max(r.Total, r.Done)
	r.Emit(EventRedraw, now, RedrawStep{r.Step})
	return nil
}

// RedrawCamp begins to draw all cards of a camp anew. Returns ErrRedrawing while that is going on.
func (s *Service) RedrawCamp(ctx context.Context, campID string, restyle bool) (Redraw, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Redraw{}, err
	}
	total, err := s.Store.CountCamp(ctx, campID)
	if err != nil {
		return Redraw{}, err
	}
	r := Redraw{Scope: campID, Restyle: restyle, By: domain.ActorFrom(ctx).Member, Total: total}
	r, err = s.begin(ctx, r)
	if errors.Is(err, domain.ErrExists) {
		return Redraw{}, fmt.Errorf("camp %s: %w", campID, ErrRedrawing)
	}
	return r, err
}

func (s *Service) begin(ctx context.Context, r Redraw) (Redraw, error) {
	r.Doc, r.At, r.State = domain.Doc{ID: s.IDs.New()}, s.Clock.Now(), Running
	r.Emit(EventRedraw, r.At, RedrawStep{r.Step})
	return r, s.Redraws.Insert(ctx, r)
}

// RedrawPerson begins to draw all cards of a person anew, in every camp; one that is going on begins again. Whoever calls it
// has checked who asks.
func (s *Service) RedrawPerson(ctx context.Context, memberID string) error {
	total, err := s.Store.CountMember(ctx, memberID)
	if err != nil || total == 0 {
		return err
	}
	_, err = s.begin(ctx, Redraw{Scope: memberID, Person: true, Total: total})
	if !errors.Is(err, domain.ErrExists) {
		return err
	}
	list, _, err := s.Redraws.OfScope(ctx, memberID, domain.Page{Limit: 1})
	if err != nil || len(list) == 0 {
		return err
	}
	_, err = s.Redraws.Update(ctx, list[0].ID, func(r *Redraw) error {
		if r.State != Running {
			return domain.ErrSame
		}
		r.Done, r.Failed, r.Cursor, r.Step = 0, 0, "", r.Step+1
		r.Emit(EventRedraw, s.Clock.Now(), RedrawStep{r.Step})
		return nil
	})
	return err
}

// CancelRedraw stops after the batch under way. Cards that are drawn stay as they are.
func (s *Service) CancelRedraw(ctx context.Context, campID, id string) error {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return err
	}
	_, err := s.Redraws.Update(ctx, id, func(r *Redraw) error {
		switch {
		case r.Scope != campID:
			return domain.ErrNotFound
		case r.State != Running:
			return domain.ErrSame
		}
		r.State, r.EndedAt = Cancelled, s.Clock.Now()
		return nil
	})
	return err
}

// RunRedraw draws one batch. For jobs, after EventRedraw; a batch that was cut short is drawn again as a whole, and counted
// once.
func (s *Service) RunRedraw(ctx context.Context, id string, step int) error {
	r, err := s.Redraws.Get(ctx, id)
	if err != nil || r.State != Running || r.Step != step {
		return err
	}
	list := s.Store.OfCamp
	if r.Person {
		list = s.Store.OfMember
	}
	cards, next, err := list(ctx, r.Scope, domain.Page{After: r.Cursor, Limit: redrawBatch})
	if err != nil {
		return err
	}
	var failed int64
	for _, card := range cards {
		err := s.redraw(ctx, card, r.Restyle)
		if !lasting(err) {
			return err // it will be tried again
		}
		if err != nil {
			failed++
		}
	}
	_, err = s.Redraws.Update(ctx, id, func(r *Redraw) error { return r.advance(step, int64(len(cards)), failed, next, s.Clock.Now()) })
	return err
}

// lasting reports whether trying again would come to nothing else.
func lasting(err error) bool {
	var refusal *domain.Error
	return err == nil || errors.As(err, &refusal) && (refusal.Kind == domain.KindInvalid || refusal.Kind == domain.KindNotFound || refusal.Kind == domain.KindTooLarge)
}

// redraw draws one card anew, by what it has chosen once.
func (s *Service) redraw(ctx context.Context, card Card, restyle bool) error {
	if card.State == Withdrawn {
		return nil
	}
	in, err := s.Camps.Get(ctx, card.Camp)
	if err != nil {
		return err
	}
	if card.Choice.Picture == "" { // made by an earlier version
		if card.Choice, err = s.first(ctx, in, card.Member, card.Day); err != nil {
			return err
		}
	}
	if restyle {
		chosen, err := s.setting(ctx, in.ID)
		if err != nil {
			return err
		}
		if card.Choice.Template, card.Choice.Version, err = s.present(ctx, chosen); err != nil {
			return err
		}
	}
	if err := s.draw(ctx, in, card); err != nil {
		return err
	}
	now, err := s.Store.Update(ctx, card.ID, func(c *Card) error {
		if c.State == Withdrawn {
			return domain.ErrSame
		}
		c.Choice, c.State, c.Reason, c.MadeAt = card.Choice, Ready, "", s.Clock.Now()
		return nil
	})
	if err == nil && now.State == Withdrawn {
		err = s.Bucket.Delete(ctx, key(card.ID))
	}
	return err
}
