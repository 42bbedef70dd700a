package season

// terms of a scholarship camp, and how its pool ends.
type terms struct {
	title       string
	days        int
	price, part int64
	fee         int // percent
	appeals     bool
	cancelled   int // on the evening of this day; 0 for never
	habits      []habit
}

// habit of a player.
type habit struct {
	rate    int  // how many of ten days they keep up
	quits   int  // the day on which they give the seat back: on the first it is before the lock
	never   bool // pays
	slow    bool // lets the first transfer go by
	refuses bool // the first transfer, at WeChat
}

// prizeBack is the percentage of the tuition that comes back, for some days.
const prizeBack = 50

// newPrize is the camp that is played whole: most persevere, some give up.
func newPrize(s *season) *prize {
	return &prize{season: s, terms: terms{
		title: "早起奖学金营", days: s.plan.Days, price: 199_03, part: 100_01 /* odd, so that something is left to share out */, fee: 7, appeals: true,
		habits: []habit{{rate: 10}, {rate: 10, slow: true}, {rate: 10, refuses: true}, {rate: 7}, {rate: 5}, {rate: 2, quits: 1}, {rate: 10, quits: 2}, {never: true}},
	}}
}

// otherPrizes end otherwise: nobody wins, the pool is cancelled, or what is won is too little for a transfer and waits in
// the wallet.
func otherPrizes(s *season) (nobody, cancelled, small *prize) {
	nobody = &prize{season: s, terms: terms{title: "没人坚持的营", days: 2, price: 59_03, part: 20_01, fee: 7, habits: []habit{{}, {}, {quits: 2}}}}
	cancelled = &prize{season: s, terms: terms{title: "取消的奖学金营", days: 2, price: 49_03, part: 30_01, fee: 7, cancelled: 2, habits: []habit{{rate: 10}, {quits: 1}, {quits: 2}, {}}}}
	small = &prize{season: s, terms: terms{title: "一分一分的营", days: 1, price: 1_03, part: 30, habits: []habit{{rate: 10}, {rate: 10}, {}}}}
	return nobody, cancelled, small
}

// needed is how many days win.
func (z *prize) needed() int { return max(1, z.days*3/5) }
