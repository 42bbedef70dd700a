package audit

import "time"

// Facts is what the product and WeChat have left behind.
type Facts struct {
	Camps      []Camp
	Tasks      []Task
	Members    []Member
	Enrolments []Enrolment
	Checkins   []Checkin
	Likes      []Like
	Comments   []Comment
	Reviews    []Review
	Cards      []Card
	Notices    []Notice
	Credits    []Credit
	Media      []Media
	Cases      []Case
	Deletions  []Deletion
	Quizzes    []Quiz
	Attempts   []Attempt
	Orders     []Order

	Pools       []Pool
	PoolMembers []PoolMember
	Transfers   []Payout
	Bills       []Bill
	Differences []Difference

	Groups      []Group
	Assists     []Assist
	Coupons     []Coupon
	Commissions []Commission
	Wallets     []Wallet
	Withdrawals []Withdrawal

	Courses  []Course
	Progress []Progress
	Badges   []Badge
	Awards   []Award

	Traces      []Trace // of people who are to be forgotten
	Counters    map[string]int64
	Underway    []string // operations that a counter still remembers
	Collections int
	Outbox      []Event          // that wait in any document
	Files       map[string]int64 // the media folder: path → size in bytes
	Ledger      Ledger
	Pay         Pay
	Dead        []DeadJob
}

// The documents, as far as an invariant needs them.
type (
	// Camp is a camp.
	Camp struct {
		ID       string `json:"id"`
		Calendar struct {
			Zone   string `json:"zone"`
			CutOff int    `json:"cut_off"`
		} `json:"calendar"`
		Kind    string `json:"kind"`
		Start   string `json:"start"`
		End     string `json:"end"`
		EnrolBy string `json:"enrol_by"`
		Pace    string `json:"pace"`
		Seats   int    `json:"seats"`
	}
	// Task is a day's task.
	Task struct {
		ID   string `json:"id"`
		Camp string `json:"camp"`
		Kind string `json:"kind"`
		Day  string `json:"day"`
		Quiz string `json:"quiz"`

		Level     string    `json:"level"`
		RemovedAt time.Time `json:"removed_at"`
	}
	// Member is a person.
	Member struct {
		ID       string `json:"id"`
		Person   string `json:"openid_hash"`
		Nickname string `json:"nickname"`
		Avatar   string `json:"avatar"`
	}
	// Enrolment is a place in a camp.
	Enrolment struct {
		ID        string    `json:"id"`
		Camp      string    `json:"camp"`
		Member    string    `json:"member"`
		State     string    `json:"state"`
		Order     string    `json:"order"`
		Shift     int       `json:"shift"`
		ActiveAt  time.Time `json:"active_at"`
		StayedTo  time.Time `json:"stayed_to"`
		QueuedAt  time.Time `json:"queued_at"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	// Checkin is what was handed in.
	Checkin struct {
		ID          string    `json:"id"`
		Camp        string    `json:"camp"`
		Member      string    `json:"member"`
		Task        string    `json:"task"`
		Day         string    `json:"day"`
		Text        string    `json:"text"`
		Media       []string  `json:"media"`
		State       string    `json:"state"`
		Likes       int       `json:"likes"`
		Comments    int       `json:"comments"`
		Reviewed    bool      `json:"reviewed"`
		SubmittedAt time.Time `json:"submitted_at"`
		MadeUp      bool      `json:"made_up"`
		Redos       int       `json:"redos"`
		Submissions []struct {
			Text string `json:"text"`
		} `json:"submissions"`
	}
	// Like is somebody's like.
	Like struct {
		Checkin string `json:"checkin"`
		Member  string `json:"member"`
		On      bool   `json:"on"`
	}
	// Comment is what somebody said.
	Comment struct {
		ID      string `json:"id"`
		Checkin string `json:"checkin"`
		Member  string `json:"member"`
		Text    string `json:"text"`
		State   string `json:"state"`
	}
	// Review is a teacher's answer; its id is the check-in's.
	Review struct {
		ID         string    `json:"id"`
		Learner    string    `json:"learner"`
		Reviewer   string    `json:"reviewer"`
		State      string    `json:"state"`
		Round      int       `json:"round"`
		ReleasedAt time.Time `json:"released_at"`
		SettleAt   time.Time `json:"settle_at"`
		Judged     Judged    `json:"judged"`
		History    []Past    `json:"history"`
		Released   struct {
			Text   string `json:"text"`
			Points int    `json:"points"`
			Return *struct {
				Reason string `json:"reason"`
			} `json:"return"`
		} `json:"released"`
	}
	// Judged is what was handed in of which a review speaks.
	Judged struct {
		Redo     int       `json:"redo"`
		HandedAt time.Time `json:"handed_at"`
	}
	// Past is an earlier release of a review.
	Past struct {
		Reviewer string    `json:"reviewer"`
		At       time.Time `json:"at"`
		Judged   Judged    `json:"judged"`
	}
	// Card is a sign-card.
	Card struct {
		ID     string `json:"id"`
		Camp   string `json:"camp"`
		Member string `json:"member"`
		Day    string `json:"day"`
		State  string `json:"state"`
	}
	// Notice is an entry in an inbox.
	Notice struct {
		ID      string    `json:"id"`
		Member  string    `json:"member"`
		Camp    string    `json:"camp"`
		Kind    string    `json:"kind"`
		Page    string    `json:"page"`
		At      time.Time `json:"at"`
		SentAt  time.Time `json:"sent_at"`
		Outcome string    `json:"outcome"`
		Reason  string    `json:"reason"`
	}
	// Credit is how many messages a person may still be sent.
	Credit struct {
		ID    string `json:"id"`
		Count int    `json:"count"`
	}
	// Media is a file.
	Media struct {
		ID      string   `json:"id"`
		Owner   string   `json:"owner"`
		Kind    string   `json:"kind"`
		Size    int64    `json:"size"`
		State   string   `json:"state"`
		Verdict string   `json:"verdict"`
		Thumb   bool     `json:"thumb"`
		Refs    []string `json:"refs"`
	}
	// Case is what staff decided about something.
	Case struct {
		ID      string   `json:"id"`
		Target  string   `json:"target"`
		State   string   `json:"state"`
		Heard   []string `json:"reporters"`
		Rulings []struct {
			Verdict  string    `json:"verdict"`
			Before   string    `json:"before"`
			UndoneAt time.Time `json:"undone_at"`
		} `json:"rulings"`
	}
	// Deletion of an account; its id is the member's.
	Deletion struct {
		ID    string `json:"id"`
		State string `json:"state"`
	}
	// Quiz is a list of questions, and when their answers are shown.
	Quiz struct {
		ID       string `json:"id"`
		Reveal   string `json:"reveal"`
		Days     int    `json:"days"`
		Attempts int    `json:"attempts"`
	}
	// Attempt is one try at a quiz.
	Attempt struct {
		ID         string    `json:"id"`
		Camp       string    `json:"camp"`
		Quiz       string    `json:"quiz"`
		Member     string    `json:"member"`
		State      string    `json:"state"`
		Pass       int64     `json:"pass"` // percent
		StartedAt  time.Time `json:"started_at"`
		GraceAt    time.Time `json:"grace_at"`
		FinishedAt time.Time `json:"finished_at"`
		Mark       int64     `json:"mark"` // in hundredths of a point
		Entries    []struct {
			Kind   string `json:"kind"`
			Full   int64  `json:"full"`
			Answer struct {
				Text string `json:"text"`
			} `json:"answer"`
		} `json:"entries"`
	}
	// Course is the levels of one, in order.
	Course struct {
		ID     string  `json:"id"`
		Levels []Level `json:"levels"`
	}
	// Level is one, with what opens it.
	Level struct {
		ID   string `json:"id"`
		Rule Rule   `json:"rule"`
	}
	// Rule asks for one fact, or for all or any of several rules.
	Rule struct {
		Op string `json:"op"`
		Of []Rule `json:"of"`
		ID string `json:"id"`
		N  int    `json:"n"`
	}
	// Progress is how far somebody has come in a course.
	Progress struct {
		Camp   string `json:"camp"`
		Member string `json:"member"`
		Levels []struct {
			Level    string    `json:"level"`
			Opened   time.Time `json:"opened"`
			Finished time.Time `json:"finished"`
		} `json:"levels"`
		Finished time.Time `json:"finished"`
	}
	// Badge is one that can be earned.
	Badge struct {
		ID   string `json:"id"`
		Camp string `json:"camp"`
		Earn struct {
			What  string `json:"what"`
			Level string `json:"level"`
			N     int    `json:"n"`
		} `json:"earn"`
	}
	// Award is a badge that somebody has.
	Award struct {
		ID     string `json:"id"`
		Badge  string `json:"badge"`
		Camp   string `json:"camp"`
		Member string `json:"member"`
	}
	// Trace is a row of any table in which something of somebody was found.
	Trace struct {
		Who   string // the name
		Table string
		Row   string
	}
	// Event is one that still waits for a consumer.
	Event struct {
		Collection string
		Document   string
		ID         string   `json:"id"`
		Type       string   `json:"type"`
		Done       []string `json:"done"`
	}
	// DeadJob is one that the queue gave up on, by the server's own word.
	DeadJob struct {
		ID       string `json:"id"`
		Kind     string `json:"kind"`
		Document string `json:"document"`
		Error    string `json:"error"`
	}
)

// Ledger is what WeChat has seen.
type Ledger struct {
	Names  map[string]string // person → the name that they log in with
	Lines  []Line
	Pushes map[string]Push // in their last state
}

// Line changes how many messages a person has agreed to, or notes that one was sent.
type Line struct {
	Person   string
	Template string
	Consents int
	Sent     *Sent
}

// Sent is a message that reached somebody.
type Sent struct {
	Kind   string `json:"kind"`
	Person string `json:"openid"`
	Page   string `json:"page"`
}

// Push is what WeChat told the product.
type Push struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Person string    `json:"openid"`
	At     time.Time `json:"at"`
	State  string    `json:"state"`
	Items  []struct {
		Template string `json:"template"`
		Status   string `json:"status"`
	} `json:"items"`
}
