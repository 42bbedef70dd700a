package signcard

import (
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Library is what an organiser has added to the default libraries: pictures and sayings. Its id is the organiser's.
type Library struct {
	domain.Doc
	Pictures []Picture `json:"pictures"`
	Sayings  []Entry   `json:"sayings"`
}

// Picture of an organiser. Its id is that of the media it was made of.
type Picture struct {
	ID string `json:"id"`
	Label
	State State `json:"state"` // pending until it is ready for cards
}

// Entry is a saying in the library.
type Entry struct {
	ID string `json:"id"`
	Saying
	Label
}

// Label is how something in a library is found again, and when it may be chosen.
type Label struct {
	Season     Season    `json:"season,omitempty"`
	Tags       []string  `json:"tags,omitempty"`
	AddedAt    time.Time `json:"added_at"`
	ArchivedAt time.Time `json:"archived_at,omitzero"` // chosen no more since; cards that show it keep it
}

// Season in which something is chosen; none is all the year.
type Season string

// The seasons, three months each, from March on.
const (
	Spring Season = "spring"
	Summer Season = "summer"
	Autumn Season = "autumn"
	Winter Season = "winter"
)

// SeasonOf a day in the north.
func SeasonOf(d domain.Day) Season {
	return []Season{Winter, Winter, Spring, Spring, Spring, Summer, Summer, Summer, Autumn, Autumn, Autumn, Winter}[d.Month()-1]
}

// What a library holds at most, archived ones included.
const (
	MaxPictures   = 300
	MaxSayings    = 1000
	MaxAtOnce     = 100 // sayings that are added together
	MaxSaying     = 60  // characters
	MaxAuthor     = 20
	MaxTags       = 5
	MaxTag        = 10
	MinPictureW   = 600 // pixels
	MinPictureH   = 400
	pictureSide   = 1500 // pixels of what cards are made of
	maxLogoSide   = 2000
	maxLogoWeight = 2 << 20
)

// EventPicture says that a picture is to be made ready for cards.
const EventPicture = "cardlibrary:picture"

// PictureAdded is the data of EventPicture.
type PictureAdded struct {
	Picture string `json:"picture"`
}

// The refusals of this feature.
var (
	ErrLibraryFull = domain.Refusal(domain.KindConflict, "card_library_full", "图库或文案库已满，请先清理不用的内容")
	ErrSmall       = domain.Refusal(domain.KindInvalid, "picture_too_small", "图片太小，至少要 600×400 像素").On("media")
)

// Check bounds a label.
func (l Label) Check(check *domain.Check) {
	check.That(l.Season == "" || slices.Contains([]Season{Spring, Summer, Autumn, Winter}, l.Season), "season", "请选择季节")
	check.That(len(l.Tags) <= MaxTags, "tags", "标签最多 5 个")
	for _, tag := range l.Tags {
		check.Line("tags", "标签", tag, 1, MaxTag)
	}
}

// Check bounds a saying; whether it fits on a card is measured.
func (s Saying) Check(check *domain.Check) {
	check.Text("text", "文案", s.Text, 1, MaxSaying)
	check.Line("author", "出处", s.Author, 0, MaxAuthor)
	check.That(strings.Count(s.Text, "\n") < 6, "text", "文案最多 6 行")
}

// ParseSayings reads one saying a line: the text, then, after a tab, "——" or "--", where it is from.
func ParseSayings(text string) []Saying {
	var list []Saying
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		s := Saying{Text: line}
		for _, mark := range []string{"\t", "——", "--"} {
			if before, after, found := strings.Cut(line, mark); found && strings.TrimSpace(before) != "" && strings.TrimSpace(after) != "" {
				s = Saying{strings.TrimSpace(before), strings.TrimSpace(after)}
				break
			}
		}
		list = append(list, s)
	}
	return list
}

// AddPicture puts a media into the library; one that is there already changes nothing.
func (l *Library) AddPicture(id string, label Label) error {
	if slices.ContainsFunc(l.Pictures, func(p Picture) bool { return p.ID == id }) {
		return domain.ErrSame
	}
	if len(l.Pictures) >= MaxPictures {
		return ErrLibraryFull
	}
	l.Pictures = append(l.Pictures, Picture{ID: id, Label: label, State: Pending})
	l.Emit(EventPicture, label.AddedAt, PictureAdded{id})
	return nil
}

// AddSaying leaves out one that is there already.
func (l *Library) AddSaying(id string, s Saying, label Label) error {
	if slices.ContainsFunc(l.Sayings, func(e Entry) bool { return e.Saying == s }) {
		return domain.ErrSame
	}
	if len(l.Sayings) >= MaxSayings {
		return ErrLibraryFull
	}
	l.Sayings = append(l.Sayings, Entry{id, s, label})
	return nil
}

// Relabel changes how a picture or a saying is found, and archives it or brings it back. domain.ErrNotFound if there is none.
func (l *Library) Relabel(id string, change func(*Label)) error {
	for i := range l.Pictures {
		if l.Pictures[i].ID == id {
			change(&l.Pictures[i].Label)
			return nil
		}
	}
	for i := range l.Sayings {
		if l.Sayings[i].ID == id {
			change(&l.Sayings[i].Label)
			return nil
		}
	}
	return domain.ErrNotFound
}

// Prepared notes whether a picture is ready for cards.
func (l *Library) Prepared(id string, state State) error {
	for i := range l.Pictures {
		if p := &l.Pictures[i]; p.ID == id && p.State != state {
			p.State = state
			return nil
		}
	}
	return domain.ErrSame
}

// may tells whether something can be chosen on a day.
func (l Label) may(day domain.Day, tag string) bool {
	return l.ArchivedAt.IsZero() && (l.Season == "" || l.Season == SeasonOf(day)) && (tag == "" || slices.Contains(l.Tags, tag))
}

// PicturesFor lists what may be chosen on a day, in the order of adding.
func (l Library) PicturesFor(day domain.Day, tag string) (ids []string) {
	for _, p := range l.Pictures {
		if p.State == Ready && p.may(day, tag) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// SayingsFor lists what may be chosen on a day, in the order of adding.
func (l Library) SayingsFor(day domain.Day, tag string) (list []Saying) {
	for _, e := range l.Sayings {
		if e.may(day, tag) {
			list = append(list, e.Saying)
		}
	}
	return list
}

func pictureKey(organiser, id string) string { return "library/" + organiser + "/" + id + ".jpg" }

func pictureRef(organiser, id string) string { return domain.Key("cardlibrary", organiser, id) }
