package season

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// payOut lets two people sign the lists of the pools, and everybody take what is theirs: at once, after they let it go by,
// or after they had refused it. In some rounds more than the day passes in which WeChat waits.
func (s *season) payOut(ctx context.Context) error {
	for _, who := range []*staff{s.teacher, s.prize.second} {
		if err := who.signIn(ctx); err != nil {
			return err
		}
		for _, z := range s.prizes {
			for range 2 { // the second time says that one person's word counts once
				if _, err := who.post(ctx, "/camps/"+z.camp+"/pool/sign", url.Values{}); err != nil {
					return err
				}
			}
		}
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	for round := range payRounds {
		if err := s.misbehaveAtTransfers(ctx, round); err != nil {
			return err
		}
		if err := s.payRound(ctx, round); err != nil {
			return err
		}
		passing := []time.Duration{time.Hour}
		if round == 1 || round == 4 {
			passing = []time.Duration{10 * time.Minute, 25 * time.Hour}
		}
		for _, d := range passing {
			if err := s.pass(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// payRounds is how often people look after what is theirs once the camps are over.
const payRounds = 8

// payRound lets people act, and then staff.
func (s *season) payRound(ctx context.Context, round int) error {
	var work []func(context.Context) error
	for _, p := range s.prize.players {
		work = append(work, func(ctx context.Context) error { return p.take(ctx, round) })
	}
	var then func(context.Context) error
	if s.growth != nil {
		acts, decide := s.growth.withdraw(round)
		work, then = append(work, acts), decide
	}
	stop := s.killer.lurk(ctx, s.plan.Days+1+round, Morning, len(work))
	err := s.together(ctx, work)
	stop()
	err = errors.Join(err, s.settle(ctx))
	s.killer.wait()
	if err != nil || then == nil {
		return err
	}
	if err := s.teacher.signIn(ctx); err != nil {
		return err
	}
	if err := then(ctx); err != nil {
		return err
	}
	return s.settle(ctx)
}

// pass lets time go by.
func (s *season) pass(ctx context.Context, d time.Duration) error {
	if err := s.setClock(ctx, s.now.Load().Add(d)); err != nil {
		return err
	}
	return s.settle(ctx)
}

func (s *season) misbehaveAtTransfers(ctx context.Context, round int) error {
	if round > 2 {
		return nil
	}
	for _, f := range [][]Fault{
		{{Path: "transfer-bills", Mode: "lost"}, {Path: "transfer-bills", Mode: "down"}}, {{Path: "transfer-bills", Mode: "unsigned"}}, {{Path: "transfer-bills", Mode: "lost"}},
	}[round] {
		if err := s.wallet(ctx, "fault", url.Values{"path": {f.Path}, "mode": {f.Mode}}); err != nil {
			return err
		}
	}
	return s.wallet(ctx, "notice-fault", url.Values{"fault": {[]string{"drop", "duplicate", "delay"}[round]}})
}

// take confirms the transfers that wait for the player; some let the first one go by, and one refuses it.
func (p *player) take(ctx context.Context, round int) error {
	if err := p.renew(ctx, 0); err != nil {
		return err
	}
	a, ok, err := p.ask(ctx, call{method: http.MethodGet, path: "/transfers"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct{ Items []struct{ ID, State string } }
	if err := a.into(&in); err != nil {
		return err
	}
	for _, t := range in.Items {
		switch {
		case t.State == "expired" || t.State == "failed":
			if err := p.claimAgain(ctx, t.ID); err != nil {
				return err
			}
		case t.State == "waiting_user_confirm" && !(p.slow && round < 2):
			if err := p.confirm(ctx, t.ID, round == 0 && p.refuses); err != nil {
				return err
			}
		}
	}
	return nil
}

// claimAgain has a transfer offered again that was not taken.
func (l *learner) claimAgain(ctx context.Context, id string) error {
	l.book.chance("transfers_claimed", 1)
	_, _, err := l.ask(ctx, call{method: http.MethodPost, path: "/transfers/" + id + "/claim", key: l.key()}, http.StatusOK, http.StatusConflict)
	return err
}

// confirm opens WeChat's page for a transfer and presses its button, or refuses.
func (l *learner) confirm(ctx context.Context, id string, refuse bool) error {
	a, ok, err := l.ask(ctx, call{method: http.MethodPost, path: "/transfers/" + id + "/confirm", key: l.key()}, http.StatusOK, http.StatusConflict)
	if err != nil || !ok || a.status != http.StatusOK {
		return err
	}
	transfers, err := atPay[struct{ Number, Bill, State string }](ctx, l.season, "transfers")
	if err != nil {
		return err
	}
	for _, t := range transfers {
		if t.State != "WAIT_USER_CONFIRM" || !bytes.Contains(a.body, []byte(t.Bill)) {
			continue
		}
		form := url.Values{"number": {t.Number}}
		if refuse {
			form.Set("refused", "REALNAME_CHECK_FAIL")
		}
		l.book.chance("transfers_confirmed", 1)
		return l.wallet(ctx, "confirm", form)
	}
	return nil
}
