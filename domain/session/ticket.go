package session

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
)

// TicketLife is how long a sign-in code can be scanned and confirmed.
const TicketLife = 5 * time.Minute

// Ticket is one attempt to sign a browser in by scanning a code: waiting → scanned → confirmed → used. Its id is the
// code's scene; the browser proves that it is the one that asked by a secret of its own, which the code does not hold.
type Ticket struct {
	domain.Doc
	BrowserHash string      `json:"browser_hash"`
	Where       string      `json:"where"` // what the person is shown before confirming: browser and address
	State       TicketState `json:"state"`
	Member      string      `json:"member,omitempty"`
	CreatedAt   time.Time   `json:"created_at"`
	Until       time.Time   `json:"until"`
}

// TicketState of a sign-in.
type TicketState string

// The states; refused is the person's own no.
const (
	TicketWaiting   TicketState = "waiting"
	TicketScanned   TicketState = "scanned"
	TicketConfirmed TicketState = "confirmed"
	TicketRefused   TicketState = "refused"
	TicketUsed      TicketState = "used"
)

// TicketStore keeps tickets.
type TicketStore interface {
	domain.Documents[Ticket]
	domain.Passing[Ticket]
}

// move takes the ticket from one of the given states to the next for the person.
func (t *Ticket) move(to TicketState, member string, now time.Time, from ...TicketState) error {
	if !now.Before(t.Until) || (t.Member != "" && t.Member != member) {
		return ErrTicket
	}
	if t.State == to {
		return domain.ErrSame
	}
	for _, state := range from {
		if t.State == state {
			t.State, t.Member = to, member
			return nil
		}
	}
	return ErrTicket
}

// BeginTicket starts a sign-in by scanning. scene goes into the code, browser into the browser's cookie. where says
// which browser asks, in words that the person will be shown.
func (s *Service) BeginTicket(ctx context.Context, where string) (scene, browser string, err error) {
	scene, browser = domain.Secret(), domain.Secret()
	now := s.Clock.Now()
	if r := []rune(where); len(r) > 80 {
		where = string(r[:80])
	}
	return scene, browser, s.Tickets.Insert(ctx, Ticket{
		Doc: domain.Doc{ID: scene}, BrowserHash: domain.HashToken(browser), Where: where,
		State: TicketWaiting, CreatedAt: now, Until: now.Add(TicketLife),
	})
}

// ScanTicket is the mini-program's first call after scanning: it shows the person where they are about to sign in.
func (s *Service) ScanTicket(ctx context.Context, scene string) (Ticket, error) {
	return s.moveTicket(ctx, scene, TicketScanned, TicketWaiting)
}

// ConfirmTicket is the person's yes in the mini-program. Returns ErrNotStaff if the console is not for them.
func (s *Service) ConfirmTicket(ctx context.Context, scene string) (Ticket, error) {
	return s.moveTicket(ctx, scene, TicketConfirmed, TicketScanned)
}

// RefuseTicket is the person's no.
func (s *Service) RefuseTicket(ctx context.Context, scene string) (Ticket, error) {
	return s.moveTicket(ctx, scene, TicketRefused, TicketScanned)
}

func (s *Service) moveTicket(ctx context.Context, scene string, to, from TicketState) (Ticket, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Ticket{}, err
	}
	if !actor.Has(domain.RightConsole, domain.Place{}) {
		return Ticket{}, ErrNotStaff
	}
	t, err := s.Tickets.Update(ctx, scene, func(t *Ticket) error {
		return t.move(to, actor.Member, s.Clock.Now(), from)
	})
	if errors.Is(err, domain.ErrNotFound) {
		return t, ErrTicket
	}
	return t, err
}

// RedeemTicket is the browser asking how its sign-in stands; once confirmed it returns the console's cookie, once.
func (s *Service) RedeemTicket(ctx context.Context, scene, browser string) (state TicketState, cookie string, err error) {
	t, err := s.Tickets.Get(ctx, scene)
	if errors.Is(err, domain.ErrNotFound) {
		return "", "", ErrTicket
	}
	if err != nil {
		return "", "", err
	}
	now := s.Clock.Now()
	if subtle.ConstantTimeCompare([]byte(t.BrowserHash), []byte(domain.HashToken(browser))) != 1 || !now.Before(t.Until) {
		return "", "", ErrTicket
	}
	if t.State != TicketConfirmed {
		return t.State, "", nil
	}
	if _, err = s.Tickets.Update(ctx, scene, func(t *Ticket) error {
		if t.State != TicketConfirmed {
			return ErrTicket
		}
		t.State = TicketUsed
		return nil
	}); err != nil {
		return "", "", err
	}
	cookie, err = s.OpenConsole(ctx, t.Member)
	return TicketUsed, cookie, err
}

// OpenConsole signs the member in to the console and returns the cookie. It proves nothing itself: its callers have.
func (s *Service) OpenConsole(ctx context.Context, id string) (cookie string, err error) {
	m, err := s.Members.Get(ctx, id)
	if err != nil {
		return "", err
	}
	if err := m.MayEnter(); err != nil {
		return "", err
	}
	if !(domain.Actor{Member: m.ID, Grants: m.Grants}).Has(domain.RightConsole, domain.Place{}) {
		return "", fmt.Errorf("member %s: %w", id, ErrNotStaff)
	}
	opened, err := s.open(ctx, m, Console)
	return derive(s.Sealer, purposeConsole, opened.ID, 0).String(), err
}
