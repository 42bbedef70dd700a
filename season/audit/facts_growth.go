package audit

import "time"

// The documents of campaigns, as far as an invariant needs them.
type (
	// Group is some people who buy together.
	Group struct {
		ID       string `json:"id"`
		Campaign string `json:"campaign"`
		State    string `json:"state"`
		Seats    []Seat `json:"seats"`
	}
	// Seat is an order in a group.
	Seat struct {
		Order  string `json:"order"`
		Member string `json:"member"`
		State  string `json:"state"`
		Won    bool   `json:"won"` // it was there when the group was full
	}
	// Assist is one person's try to reach a lower price.
	Assist struct {
		ID       string  `json:"id"`
		Campaign string  `json:"campaign"`
		Member   string  `json:"member"`
		Cuts     []int64 `json:"cuts"`
		Helps    []Help  `json:"helps"`
		State    string  `json:"state"`
		Order    string  `json:"order"`
	}
	// Help is what one friend did.
	Help struct {
		Member string `json:"member"`
		Cut    int64  `json:"cut"`
	}
	// Coupon is somebody's.
	Coupon struct {
		ID       string `json:"id"`
		Template string `json:"template"`
		Member   string `json:"member"`
		State    string `json:"state"`
		Order    string `json:"order"`

		Way   string    `json:"way"`
		Cause string    `json:"cause"` // the code that it came by, or the gift
		GotAt time.Time `json:"got_at"`
	}
	// Commission is what an order earns somebody.
	Commission struct {
		ID     string   `json:"id"`
		Order  string   `json:"order"`
		Level  int      `json:"level"`
		Member string   `json:"member"`
		Amount int64    `json:"amount"`
		Backs  []Amount `json:"backs"`
		Stage  string   `json:"stage"`
	}
	// Amount is a part of a commission that went back.
	Amount struct {
		Amount int64 `json:"amount"`
	}
	// Wallet is what an organiser owes somebody.
	Wallet struct {
		ID      string  `json:"id"`
		Member  string  `json:"member"`
		Balance int64   `json:"balance"`
		Entries []Entry `json:"entries"`
		Holds   []Hold  `json:"holds"`
	}
	// Entry is one movement in a wallet.
	Entry struct {
		ID     string `json:"id"` // its cause
		Kind   string `json:"kind"`
		Amount int64  `json:"amount"`
	}
	// Hold is what is on its way out of one.
	Hold struct {
		Withdrawal string `json:"withdrawal"`
		Amount     int64  `json:"amount"`
	}
	// PriceLine is a line of an order's price.
	PriceLine struct {
		Kind   string `json:"kind"`
		Amount int64  `json:"amount"`
		Ref    string `json:"ref"`
	}
)
