package transfer_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/transfer"
	"yingdi/domain/wechatpay"
)

const anns = "p1:ann:gain"

func TestATransferIsOfferedConfirmedAndPaid(t *testing.T) {
	t.Parallel()
	w := newWorld()
	got := w.asked(t, anns, "ann", 12_34)
	if got.State != transfer.Waiting || len(got.Bills) != 1 {
		t.Fatalf("%+v", got)
	}
	pack, err := w.Confirm(as(t, "ann"), anns)
	if err != nil || pack.Package == "" {
		t.Fatal(pack, err)
	}
	w.bank.confirm(w.number(t, anns), true)
	w.told(t, got.Bills[0].Number)
	w.told(t, got.Bills[0].Number) // and again
	if got = w.get(t, anns); got.State != transfer.Paid || got.Sent() != 12_34 || got.Bills[0].Package != "" || !got.WakeAt.IsZero() {
		t.Errorf("%+v", got)
	}
	if events := strings.Join(w.store.Events(anns), " "); events != "transfer:due transfer:waiting transfer:paid" {
		t.Error(events)
	}
	if _, err := w.Confirm(as(t, "ann"), anns); !errors.Is(err, transfer.ErrPaid) {
		t.Error(err)
	}
}

func TestTheSameCauseIsOneTransfer(t *testing.T) {
	t.Parallel()
	w := newWorld()
	first := w.asked(t, anns, "ann", 12_34)
	again, err := w.Ask(t.Context(), want(anns, "ann", 12_34))
	if err != nil || again.State != first.State || len(w.store.All(nil)) != 1 {
		t.Errorf("%+v %v", again, err)
	}
	for name, other := range map[string]transfer.Ask{"amount": want(anns, "ann", 12_35), "person": want(anns, "bob", 12_34)} {
		if _, err := w.Ask(t.Context(), other); !errors.Is(err, transfer.ErrOther) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	for _, amount := range []domain.Fen{0, 9, transfer.Max + 1, -5} {
		if _, err := w.Ask(t.Context(), want("x", "ann", amount)); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", amount, err)
		}
	}
}

// The pitfall by this name: a transfer that nobody confirmed is sent again while the first can still be confirmed.
func TestUnconfirmedTransferSentTwice(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.asked(t, anns, "ann", 12_34)
	first := w.number(t, anns)
	w.clock.Add(23 * time.Hour)
	if _, err := w.Claim(as(t, "ann"), anns); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Again(owner(t), anns); err != nil {
		t.Fatal(err)
	}
	w.drive(t, anns)
	if numbers := w.bank.numbers(); len(numbers) != 1 {
		t.Fatalf("%d bills while the first can be confirmed", len(numbers))
	}
	w.clock.Add(time.Hour + time.Minute) // WeChat closes it, and nobody has told us
	if _, err := w.Confirm(as(t, "ann"), anns); !errors.Is(err, transfer.ErrNotReady) {
		t.Error(err)
	}
	w.clock.Add(time.Minute)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.get(t, anns); got.State != transfer.Expired {
		t.Fatalf("%+v", got)
	}
	got, err := w.Claim(as(t, "ann"), anns)
	if err != nil || got.State != transfer.Waiting || len(got.Bills) != 2 || got.Bills[1].Number == first {
		t.Fatalf("%+v %v", got, err)
	}
	if w.bank.confirm(first, true) {
		t.Error("the first can still be confirmed")
	}
	w.bank.confirm(got.Bills[1].Number, true)
	w.told(t, got.Bills[1].Number)
	w.told(t, first) // late
	if sum, bills := w.bank.given(got); sum != 12_34 || bills != 1 || w.get(t, anns).State != transfer.Paid {
		t.Errorf("%s by %d bills", sum, bills)
	}
}

func TestAnAnswerThatWasLostIsAskedForAndTheNumberGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld()
	lost := true
	w.bank.fault = func(call string) (before, after bool) { return false, lost && call == "transfer" }
	if _, err := w.Ask(t.Context(), want(anns, "ann", 12_34)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Drive(t.Context(), anns); !errors.Is(err, wechatpay.ErrUnreachable) {
		t.Fatal(err)
	}
	lost = false
	w.drive(t, anns) // too early
	if got := w.get(t, anns); got.State != transfer.Paying {
		t.Fatalf("%+v", got)
	}
	w.clock.Add(3 * time.Minute)
	got := w.drive(t, anns)
	if b, ok := got.Live(); !ok || got.State != transfer.Waiting || b.Package == "" || len(w.bank.numbers()) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestATransferThatIsNotClaimedTooOftenOrForTooLongNeedsAHuman(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.asked(t, anns, "ann", 12_34)
	w.asked(t, "p1:bo:gain", "bo", 12_34)
	for i := range transfer.MaxClaims + 1 {
		w.clock.Add(25 * time.Hour)
		if err := w.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := w.get(t, anns)
		if i == transfer.MaxClaims {
			if got.State != transfer.Unclaimed || !got.Troubled() {
				t.Fatalf("%+v", got)
			}
			break
		}
		if _, err := w.Claim(as(t, "ann"), anns); err != nil || got.State != transfer.Expired {
			t.Fatal(got.State, err)
		}
	}
	if _, err := w.Claim(as(t, "ann"), anns); !errors.Is(err, transfer.ErrUnclaimed) {
		t.Error(err)
	}
	for range 2 {
		w.clock.Add(transfer.ClaimWithin)
		if err := w.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.get(t, "p1:bo:gain"); got.State != transfer.Unclaimed {
		t.Errorf("%+v", got)
	}
	waiting, _, err := w.Service.Troubled(owner(t), domain.Page{})
	if err != nil || len(waiting) != 2 {
		t.Fatal(waiting, err)
	}
	if _, err := w.Again(owner(t), anns); err != nil {
		t.Fatal(err)
	}
	if got := w.drive(t, anns); got.State != transfer.Waiting || got.Troubled() || got.Trouble[0].DoneBy != "boss" {
		t.Errorf("%+v", got)
	}
}

func TestWhomWeChatRefusesMayClaimAgainUnderANewNumber(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.asked(t, anns, "ann", 12_34)
	first := w.number(t, anns)
	w.bank.confirm(first, false)
	w.told(t, first)
	got := w.get(t, anns)
	if got.State != transfer.Failed || !strings.Contains(got.Trouble[0].Note, "实名") {
		t.Fatalf("%+v", got)
	}
	got, err := w.Claim(as(t, "ann"), anns)
	if err != nil || got.State != transfer.Waiting || got.Bills[1].Number == first || got.Troubled() {
		t.Errorf("%+v %v", got, err)
	}
}

func TestAnEmptyAccountIsWaitedForAndAfterHoursAPersonHearsOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bank.purse = 1
	got := w.asked(t, anns, "ann", 12_34)
	if got.State != transfer.Paying || got.Troubled() {
		t.Fatalf("%+v", got)
	}
	for range 5 {
		w.clock.Add(time.Hour)
		got = w.drive(t, anns)
	}
	if !got.Troubled() || got.Trouble[0].Kind != transfer.TransferPoor || len(got.Trouble) != 1 {
		t.Fatalf("%+v", got.Trouble)
	}
	w.bank.purse = float
	w.clock.Add(6 * time.Hour)
	if got = w.drive(t, anns); got.State != transfer.Waiting || got.Troubled() || len(got.Bills) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestWhatWeChatDoesNotTakeNeedsAHumanAndKeepsItsNumber(t *testing.T) {
	t.Parallel()
	w := newWorld()
	got := w.asked(t, "w1", "nobody", 12_34)
	if got.State != transfer.Failed || got.Trouble[0].Kind != transfer.TransferRefused {
		t.Fatalf("%+v", got)
	}
	if _, err := w.Again(owner(t), "w1"); err != nil {
		t.Fatal(err)
	}
	if got = w.drive(t, "w1"); len(got.Bills) != 1 || got.State != transfer.Failed {
		t.Errorf("%+v", got)
	}
	if _, err := w.Service.Cancel(owner(t), "w1", "账号已注销，线下支付"); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(time.Hour)
	if got = w.drive(t, "w1"); got.State != transfer.Cancelled || got.Troubled() {
		t.Errorf("%+v", got)
	}
}

func TestAnotherAmountIsNotBelieved(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.asked(t, anns, "ann", 12_34)
	seen := wechatpay.Transfer{Number: w.number(t, anns), State: wechatpay.TransferSuccess, Amount: 12_33}
	if err := errors.Join(w.TakeTransfer(t.Context(), seen), w.TakeTransfer(t.Context(), seen)); err != nil {
		t.Fatal(err)
	}
	if got := w.get(t, anns); got.State != transfer.Waiting || len(got.Trouble) != 1 || got.Trouble[0].Kind != transfer.TransferAmount {
		t.Errorf("%+v", got)
	}
	if err := w.TakeTransfer(t.Context(), wechatpay.Transfer{Number: "somebodyelses"}); !errors.Is(err, domain.ErrNotFound) {
		t.Error(err)
	}
}

func TestOnlyThoseConcernedSeeAndDecide(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.asked(t, anns, "ann", 12_34)
	bob := as(t, "bob")
	_, mine := w.Mine(bob, anns)
	_, confirm := w.Confirm(bob, anns)
	_, claim := w.Claim(bob, anns)
	for _, err := range []error{mine, confirm, claim} {
		if !errors.Is(err, domain.ErrNotFound) {
			t.Error(err)
		}
	}
	_, see := w.ForStaff(bob, anns)
	_, again := w.Again(as(t, "ann"), anns)
	_, cancel := w.Service.Cancel(bob, anns, "不给")
	_, _, list := w.OfOrganiser(bob, "o1", "", domain.Page{})
	_, _, trouble := w.Service.Troubled(bob, domain.Page{})
	_, rule := w.Service.Rule(bob, anns, true, "已付")
	for _, err := range []error{see, again, cancel, list, trouble, rule} {
		if !errors.Is(err, domain.ErrForbidden) {
			t.Error(err)
		}
	}
}

func TestThePersonIsToldOfEachThingOnceAndOnlyOfWhatStillHolds(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.asked(t, anns, "ann", 12_34)
	for range 2 {
		if err := errors.Join(w.Tell(t.Context(), anns, transfer.EventWaiting), w.Tell(t.Context(), anns, transfer.EventExpired)); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.inbox.told) != 1 {
		t.Fatalf("%+v", w.inbox.told)
	}
	for _, n := range w.inbox.told {
		if !strings.Contains(n.Body, "¥12.34") || n.Until.IsZero() || n.Member != "ann" {
			t.Errorf("%+v", n)
		}
	}
	w.clock.Add(25 * time.Hour)
	w.drive(t, anns)
	if _, err := w.Claim(as(t, "ann"), anns); err != nil {
		t.Fatal(err)
	}
	if err := w.Tell(t.Context(), anns, transfer.EventWaiting); err != nil || len(w.inbox.told) != 2 {
		t.Errorf("%v %+v", err, w.inbox.told)
	}
}

func TestCheckFindsWhatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld()
	good := w.asked(t, anns, "ann", 12_34)
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*transfer.Transfer){
		"paid and nothing arrived": func(t *transfer.Transfer) { t.State = transfer.Paid },
		"two open bills":           func(t *transfer.Transfer) { t.Bills = append(t.Bills, t.Bills[0]) },
		"paid twice": func(t *transfer.Transfer) {
			t.State = transfer.Paid
			t.Bills[0].State = wechatpay.TransferSuccess
			t.Bills = append(t.Bills, t.Bills[0])
		},
		"somebody else's bill": func(t *transfer.Transfer) { t.Bills[0].Number = "x" },
		"too much":             func(t *transfer.Transfer) { t.Amount = transfer.Max + 1 },
	} {
		bad := w.get(t, anns)
		if spoil(&bad); bad.Check() == nil {
			t.Errorf("%s is found to be right", name)
		}
	}
}

func TestNumbersAreWeChatsAndLeadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		id := rapid.StringMatching(`[a-z0-9]{1,20}(:[a-z0-9_-]{1,20}){0,3}`).Draw(rt, "id")
		got := w.asked(t, id, "ann", 100)
		number := got.Bills[0].Number
		if len(number) > 32 || strings.Trim(number, "0123456789abcdefghijklmnopqrstuvwxyz") != "" || transfer.CodeOf(number) != got.Code {
			rt.Fatal(number)
		}
	})
}
