// Package media is files that people bring: sent straight to storage, looked at before anybody else sees them.
package media

import (
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Media is one file. Its bytes lie in the bucket under a key made from its id.
type Media struct {
	domain.Doc
	Owner       string        `json:"owner"`
	Kind        Kind          `json:"kind"`
	ContentType string        `json:"content_type"`
	Name        string        `json:"name,omitempty"` // that the file had with whoever brought it; every document has one
	Size        int64         `json:"size"`           // bytes; as announced until the upload is complete
	Width       int           `json:"width,omitempty"`
	Height      int           `json:"height,omitempty"`
	Length      time.Duration `json:"length,omitempty"` // of a recording or a film, by its bytes; 0 if that could not be told
	State       State         `json:"state"`
	Verdict     Verdict       `json:"verdict"`
	Trace       string        `json:"trace,omitempty"`       // of the check
	CheckDueAt  time.Time     `json:"check_due_at,omitzero"` // when the check must have answered
	Thumb       bool          `json:"thumb,omitempty"`       // a thumbnail exists
	Pages       int           `json:"pages,omitempty"`       // of a document, that were drawn
	Undrawable  bool          `json:"undrawable,omitempty"`  // the document was tried, and cannot be drawn
	Refs        []string      `json:"refs,omitempty"`        // what uses it; without any it is an orphan
	CreatedAt   time.Time     `json:"created_at"`
	OrphanAt    time.Time     `json:"orphan_at,omitzero"` // when it is cleaned up unless something uses it
}

// Kind of media.
type Kind string

// The kinds.
const (
	Image Kind = "image"
	Audio Kind = "audio"
	Video Kind = "video"
	// Document is brought by staff alone: WeChat looks at none, so that whoever may bring one has to be trusted.
	Document Kind = "document"
)

// State of the bytes.
type State string

// pending → ready | refused; anything → deleted.
const (
	Pending State = "pending" // the form was handed out
	Ready   State = "ready"   // the bytes are there and are what they claim to be
	Bad     State = "refused" // they were not
)

// Verdict of moderation. Only what passed is shown to others; a check that fails closes.
type Verdict string

// waiting → passed | review → passed | rejected.
const (
	Waiting  Verdict = "waiting"
	Passed   Verdict = "passed"
	InReview Verdict = "review" // a person must look
	Rejected Verdict = "rejected"
)

// Events of this feature.
const (
	EventReady     = "media:ready"     // the bytes are there: check them, make a thumbnail
	EventModerated = "media:moderated" // the verdict changed: whatever uses it decides again
	EventUndrawn   = "media:undrawn"   // a document still has no preview: draw it
)

// Limits and lives.
const (
	FormLife      = 15 * time.Minute
	LinkLife      = time.Hour
	OrphanLife    = 24 * time.Hour
	CheckPatience = 35 * time.Minute // WeChat answers within 30 minutes
	MaxSide       = 12_000           // pixels
	MaxPixels     = 60_000_000
	MaxName       = 100 // characters
	maxRefs       = 50
)

var types = map[Kind]struct {
	max   int64
	types []string
	label string
}{
	Image:    {10 << 20, []string{"image/jpeg", "image/png"}, "图片（JPG、PNG，不超过 10 MB）"},
	Audio:    {10 << 20, []string{"audio/mpeg", "audio/mp4", "audio/aac", "audio/wav"}, "音频（MP3、M4A、AAC、WAV，不超过 10 MB）"},
	Video:    {200 << 20, []string{"video/mp4", "video/quicktime"}, "视频（MP4、MOV，不超过 200 MB）"},
	Document: {50 << 20, []string{PDF, Word, PowerPoint, Excel, oldWord, oldPowerPoint, oldExcel}, "文档（PDF、Word、PPT、Excel，不含宏，不超过 50 MB）"},
}

// The refusals of this feature.
var (
	ErrNotUploaded = domain.Refusal(domain.KindConflict, "media_not_uploaded", "文件还没有上传完成")
	ErrNotReal     = domain.Refusal(domain.KindInvalid, "media_refused", "文件内容与类型不符，无法使用")
	ErrUnusable    = domain.Refusal(domain.KindInvalid, "media_unusable", "素材不存在、不属于你或无法使用").On("media")
	ErrStaffOnly   = domain.Refusal(domain.KindForbidden, "document_staff_only", "只有老师可以上传文档")
)

// Announcement is what a client says before it uploads.
type Announcement struct {
	Kind        Kind
	ContentType string
	Name        string // of the file; needed for a document
	Size        int64
}

// Check bounds the announcement by kind.
func (a Announcement) Check() error {
	var check domain.Check
	limit, ok := types[a.Kind]
	if !ok {
		return domain.Invalid("kind", "只能上传图片、音频、视频或文档")
	}
	check.That(contains(limit.types, a.ContentType), "content_type", "只支持"+limit.label)
	check.That(a.Size > 0 && a.Size <= limit.max, "size", "只支持"+limit.label)
	least := 0
	if a.Kind == Document {
		least = 1
	}
	check.Line("name", "文件名", a.Name, least, MaxName)
	return check.Err()
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Found is what the stored bytes turned out to be.
type Found struct {
	ContentType   string // by their content; empty if unknown
	Size          int64
	Width, Height int           // of a picture
	Length        time.Duration // of a recording or a film
}

// Accept compares the stored bytes with what was announced and makes the media ready, or refuses it for good.
func (m *Media) Accept(f Found, now time.Time) error {
	if m.State != Pending {
		return domain.ErrSame
	}
	limit := types[m.Kind]
	real := contains(limit.types, f.ContentType) && compatible(m.ContentType, f.ContentType) && f.Size > 0 && f.Size <= limit.max
	if m.Kind == Image {
		real = real && f.Width > 0 && f.Height > 0 && f.Width <= MaxSide && f.Height <= MaxSide && f.Width*f.Height <= MaxPixels
	}
	if !real {
		m.State = Bad
		return nil
	}
	m.State, m.Size, m.Width, m.Height, m.ContentType = Ready, f.Size, f.Width, f.Height, f.ContentType
	m.Length = f.Length
	m.Emit(EventReady, now, nil)
	return nil
}

// compatible lets a phone call an MP4 container by either name, and AAC by either of its wrappings; a picture must be
// what it says.
func compatible(announced, found string) bool {
	family := func(t string) string {
		switch t {
		case "audio/aac", "audio/mp4":
			return "aac"
		case "video/mp4", "video/quicktime":
			return "mp4"
		}
		return t
	}
	return family(announced) == family(found)
}

// Judge notes a verdict. A person's word (human) stands against the machine's.
func (m *Media) Judge(v Verdict, now time.Time, human bool) error {
	if m.State != Ready || m.Verdict == v || (!human && m.Verdict != Waiting) {
		return domain.ErrSame
	}
	m.Verdict, m.CheckDueAt = v, time.Time{} // the trace stays, for an answer that comes late or twice
	m.Emit(EventModerated, now, nil)
	return nil
}

// Use notes that ref uses the media, which is then no orphan.
func (m *Media) Use(ref string) error {
	if contains(m.Refs, ref) {
		return domain.ErrSame
	}
	if !m.usable() {
		return ErrUnusable
	}
	m.Refs = append(m.Refs, ref)
	m.OrphanAt = time.Time{}
	return nil
}

// Release notes that ref no longer uses the media. One that nothing uses is an orphan again, and cleaned up in time.
func (m *Media) Release(ref string, now time.Time) error {
	at := slices.Index(m.Refs, ref)
	if at < 0 {
		return domain.ErrSame
	}
	if m.Refs = slices.Delete(m.Refs, at, at+1); len(m.Refs) == 0 {
		m.OrphanAt = now.Add(OrphanLife)
	}
	return nil
}

func (m Media) usable() bool { return m.State == Ready && len(m.Refs) < maxRefs }

// Hold puts the clean-up off for whoever is about to use the media, so that the bytes are still there when Use is noted.
func (m *Media) Hold(now time.Time) error {
	switch {
	case !m.usable():
		return ErrUnusable
	case !m.needsHold(now):
		return domain.ErrSame
	}
	m.OrphanAt = now.Add(OrphanLife)
	return nil
}

func (m Media) needsHold(now time.Time) bool {
	return len(m.Refs) == 0 && m.OrphanAt.Sub(now) < OrphanLife/2
}

// Discard gives an orphan up, after which nothing can come to use it. What is in use, or held, is domain.ErrSame.
func (m *Media) Discard(now time.Time) error {
	if len(m.Refs) > 0 || m.OrphanAt.After(now) || m.State == Bad {
		return domain.ErrSame
	}
	m.State = Bad
	return nil
}

// Key under which the bytes lie once the upload is complete.
func (m Media) Key() string { return "media/" + m.ID }

// ThumbKey under which the thumbnail lies.
func (m Media) ThumbKey() string { return "thumb/" + m.ID }

// IncomingKey is where clients may write; nothing is ever served from there.
func (m Media) IncomingKey() string { return "incoming/" + m.ID }

// MaxSize that the form allows: what the client announced.
func (m Media) MaxSize() int64 { return m.Size }

// Sniff tells from the first bytes (512 are enough) what a file is, among the types that are accepted, documents apart; "" if it is none of them.
func Sniff(head []byte) string {
	s := string(head)
	switch {
	case strings.HasPrefix(s, "\xff\xd8\xff"):
		return "image/jpeg"
	case strings.HasPrefix(s, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case strings.HasPrefix(s, "ID3"), len(s) > 2 && s[0] == 0xff && (s[1]&0xe6 == 0xe2):
		return "audio/mpeg"
	case len(s) > 2 && s[0] == 0xff && s[1]&0xf6 == 0xf0:
		return "audio/aac"
	case len(s) >= 12 && s[:4] == "RIFF" && s[8:12] == "WAVE":
		return "audio/wav"
	case len(s) >= 12 && s[:2] == "\x00\x00" && s[4:8] == "ftyp": // the first box is small
		switch brand := s[8:12]; {
		case strings.HasPrefix(brand, "M4A"), strings.HasPrefix(brand, "M4B"):
			return "audio/mp4"
		case brand == "qt  ":
			return "video/quicktime"
		case contains([]string{"isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "MSNV", "M4V ", "3gp4", "3gp5", "3gp6"}, brand):
			return "video/mp4"
		}
	}
	return ""
}
