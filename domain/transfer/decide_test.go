package transfer_test

import (
	"errors"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/transfer"
)

func TestStaffCancelBeforeThePersonConfirms(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.asked(t, anns, "ann", 12_34)
	number := w.number(t, anns)
	if _, err := w.Service.Cancel(owner(t), anns, "发错了"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Confirm(as(t, "ann"), anns); !errors.Is(err, transfer.ErrCancelled) {
		t.Error(err)
	}
	w.drive(t, anns)
	w.clock.Add(time.Hour)
	got := w.drive(t, anns)
	if got.State != transfer.Cancelled || w.bank.confirm(number, true) || w.bank.purse != float {
		t.Errorf("%+v, %s of %s", got, w.bank.purse, float)
	}
	if _, err := w.Claim(as(t, "ann"), anns); !errors.Is(err, transfer.ErrCancelled) {
		t.Error(err)
	}
}

func TestThePersonIsFasterThanTheCancellation(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.asked(t, anns, "ann", 12_34)
	w.bank.confirm(w.number(t, anns), true)
	if _, err := w.Service.Cancel(owner(t), anns, "发错了"); err != nil {
		t.Fatal(err)
	}
	if got := w.drive(t, anns); got.State != transfer.Paid || got.Troubled() {
		t.Errorf("%+v", got)
	}
}

func TestATransferThatNobodyWasAskedForIsCancelledAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	if _, err := w.Ask(t.Context(), want(anns, "ann", 12_34)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Service.Cancel(owner(t), anns, "发错了"); err != nil {
		t.Fatal(err)
	}
	if got := w.drive(t, anns); got.State != transfer.Cancelled || len(w.bank.numbers()) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhatWeChatHasForgottenIsNeverAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.asked(t, anns, "ann", 12_34)
	w.bank.confirm(w.number(t, anns), true) // and nobody tells us for a month
	w.clock.Add(31 * 24 * time.Hour)
	for range 3 {
		w.clock.Add(7 * time.Hour)
		w.drive(t, anns)
	}
	got := w.get(t, anns)
	if len(w.bank.numbers()) != 1 || !got.Troubled() || got.Trouble[0].Kind != transfer.TransferLost {
		t.Fatalf("%+v", got)
	}
	for name, act := range map[string]func() (transfer.Transfer, error){
		"again":   func() (transfer.Transfer, error) { return w.Again(owner(t), anns) },
		"cancel":  func() (transfer.Transfer, error) { return w.Service.Cancel(owner(t), anns, "查不到") },
		"dismiss": func() (transfer.Transfer, error) { return w.Service.Dismiss(owner(t), anns, 0, "已线下核对") },
	} {
		if _, err := act(); !errors.Is(err, transfer.ErrUnclear) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ann := domain.WithActor(t.Context(), domain.Actor{Member: "ann", Grants: domain.ActorFrom(owner(t)).Grants})
	if _, err := w.Service.Rule(ann, anns, false, "没有付过"); !errors.Is(err, transfer.ErrSelf) {
		t.Errorf("of one's own: %v", err)
	}
	got, err := w.Service.Rule(owner(t), anns, true, "资金账单 4 月 1 日已付")
	if err != nil || got.State != transfer.Paid || got.Troubled() || got.Check() != nil {
		t.Errorf("%+v %v", got, err)
	}
}
