package audit

import (
	"encoding/json"
	"time"
)

// The documents about money, as far as an invariant needs them.
type (
	// Order is what somebody bought.
	Order struct {
		ID        string    `json:"id"`
		Camp      string    `json:"camp"`
		Member    string    `json:"member"`
		Amount    int64     `json:"amount"`
		State     string    `json:"state"`
		Attempts  []Payment `json:"attempts"`
		Refunds   []Refund  `json:"refunds"`
		CreatedAt time.Time `json:"created_at"`
		EndedAt   time.Time `json:"ended_at"`

		FulfilledAt time.Time `json:"fulfilled_at"`

		Trouble []struct {
			Kind   string    `json:"kind"`
			Number string    `json:"number"`
			DoneAt time.Time `json:"done_at"`
		} `json:"trouble"`
		Promise struct {
			Lines []PriceLine `json:"lines"`
			Part  int64       `json:"part"`
		} `json:"promise"`
	}
	// Payment is one attempt at paying.
	Payment struct {
		Number string    `json:"number"`
		Amount int64     `json:"amount"`
		State  string    `json:"state"`
		PaidAt time.Time `json:"paid_at"`
	}
	// Refund is money on its way back.
	Refund struct {
		Number  string    `json:"number"`
		Cause   string    `json:"cause"`
		Attempt string    `json:"attempt"`
		Amount  int64     `json:"amount"`
		Ends    bool      `json:"ends"`
		State   string    `json:"state"`
		AskedAt time.Time `json:"asked_at"`
		DoneAt  time.Time `json:"done_at"`
	}
	// Pool is a scholarship pool; its id is the camp's.
	Pool struct {
		ID    string `json:"id"`
		State string `json:"state"`
	}
	// PoolMember is somebody's part in one.
	PoolMember struct {
		Camp    string    `json:"camp"`
		Member  string    `json:"member"`
		Bar     *struct{} `json:"bar"`
		Appeals []struct {
			Day    string    `json:"day"`
			State  string    `json:"state"`
			DoneAt time.Time `json:"done_at"`
		} `json:"appeals"`
	}
	// Payout is money on its way to somebody's balance, under one number after another.
	Payout struct {
		ID     string `json:"id"` // pool:camp:member:n or withdrawal:id
		Member string `json:"member"`
		Amount int64  `json:"amount"`
		State  string `json:"state"`
		Bills  []struct {
			Number string `json:"number"`
		} `json:"bills"`
	}
	// Withdrawal is somebody's wish to have money of a wallet.
	Withdrawal struct {
		ID     string `json:"id"`
		Wallet string `json:"wallet"`
		Member string `json:"member"`
		Amount int64  `json:"amount"`
		State  string `json:"state"`
	}
	// Bill is the reconciliation of a day.
	Bill struct {
		ID    string `json:"id"` // the day
		State string `json:"state"`
		Tally struct {
			Lines    int   `json:"lines"`
			Paid     int64 `json:"paid"`
			Refunded int64 `json:"refunded"`
		} `json:"tally"`
	}
	// Difference is one that a reconciliation found.
	Difference struct {
		ID       string    `json:"id"`
		ClosedAt time.Time `json:"closed_at"`
	}
)

// Pay is what WeChat Pay has seen: the money that really moved.
type Pay struct {
	Trades    map[string]Trade // by number, in their last state
	Refunds   map[string]PayRefund
	Transfers map[string]Transfer
}

// The movements of money.
type (
	// Trade is a payment.
	Trade struct {
		Number   string    `json:"number"`
		Amount   int64     `json:"amount"` // that was paid
		Asked    string    `json:"asked"`  // what the product asked for, as it did
		Refunded int64     `json:"refunded"`
		PaidAt   time.Time `json:"paid_at"`
	}
	// PayRefund is money that goes back to its payer.
	PayRefund struct {
		Number string    `json:"number"`
		Trade  string    `json:"trade"`
		Amount int64     `json:"amount"`
		State  string    `json:"state"`
		DoneAt time.Time `json:"done_at"`
	}
	// Transfer is money that goes to somebody's balance.
	Transfer struct {
		Number string `json:"number"`
		Person string `json:"openid"`
		Amount int64  `json:"amount"`
		State  string `json:"state"`
	}
)

// Due is the amount that was asked for.
func (t Trade) Due() int64 {
	var asked struct{ Amount struct{ Total int64 } }
	if json.Unmarshal([]byte(t.Asked), &asked) != nil {
		return 0
	}
	return asked.Amount.Total
}
