package signcard

import "yingdi/domain"

// Choose picks the picture and the saying of a learner's card: always the same ones for the same camp, day and
// member. A learner walks each library in an order of their own and meets everything in it once before anything
// comes again; learners of one camp start at different places. Empty libraries choose nothing. The day must be valid.
func Choose(camp string, day domain.Day, member string, pictures []string, sayings []Saying) (picture string, saying Saying) {
	n := day.Since("2000-01-01")
	if len(pictures) > 0 {
		picture = pictures[place(hash("picture", camp, member), n, len(pictures))]
	}
	if len(sayings) > 0 {
		saying = sayings[place(hash("saying", camp, member), n, len(sayings))]
	}
	return picture, saying
}

// place is where a walk stands on day n: it starts anywhere and moves by a step that shares no divisor with size,
// so that it visits everything before it returns.
func place(seed uint64, n, size int) int {
	start, step := int(seed>>32)%size, 1
	if size > 2 {
		for step = 1 + int(seed&0xffffffff)%(size-1); gcd(step, size) != 1; {
			step = 1 + step%(size-1)
		}
	}
	at := (start + n%size*step) % size
	if at < 0 {
		at += size
	}
	return at
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// hash is FNV-1a over the parts, with a last stir so that similar ids end far apart. It must never change: the
// cards of days gone by depend on it.
func hash(parts ...string) uint64 {
	h := uint64(14695981039346656037)
	for _, part := range parts {
		for i := range len(part) {
			h = (h ^ uint64(part[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211 // no id contains this byte: "ab"+"c" is not "a"+"bc"
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
