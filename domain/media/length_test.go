package media

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func be(parts ...any) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		if s, ok := p.(string); ok {
			b.WriteString(s)
			continue
		}
		_ = binary.Write(&b, binary.BigEndian, p)
	}
	return b.Bytes()
}

func boxed(name string, content ...[]byte) []byte {
	all := slices.Concat(content...)
	return slices.Concat(be(uint32(8+len(all)), name), all)
}

// sound of n equal frames that begin with the header.
func sound(head []byte, size, n int) []byte {
	return bytes.Repeat(append(slices.Clone(head), make([]byte, size-len(head))...), n)
}

// samples are files whose length is known.
func samples() map[string]struct {
	contentType string
	data        []byte
	want        time.Duration
} {
	mp3 := sound([]byte{0xff, 0xfb, 0x90, 0x00}, 417, 100)                          // MPEG 1, 128 kbit/s, 44100 Hz
	old := sound([]byte{0xff, 0xf3, 0x48, 0x00}, 144, 50)                           // MPEG 2, 32 kbit/s, 16000 Hz: 576 samples
	aac := sound([]byte{0xff, 0xf1, 4 << 2, 0, 200 >> 3, 200 & 7 << 5, 0}, 200, 43) // 44100 Hz
	wav := slices.Concat([]byte("RIFF\x00\x00\x00\x00WAVEfmt "), []byte{16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0},
		[]byte("data"), []byte{0x00, 0x7d, 0, 0}, make([]byte, 32000))
	mvhd := boxed("mvhd", be(uint32(0), uint32(0), uint32(0), uint32(600), uint32(5400), make([]byte, 80)))
	long := boxed("mvhd", be(uint32(1<<24), uint64(0), uint64(0), uint32(1000), uint64(61_500), make([]byte, 80)))
	ftyp, mdat := boxed("ftyp", []byte("M4A \x00\x00\x02\x00isom")), boxed("mdat", make([]byte, 1000))
	frame := 26_122_448 * time.Nanosecond
	return map[string]struct {
		contentType string
		data        []byte
		want        time.Duration
	}{
		"mp3":                            {"audio/mpeg", mp3, 100 * frame},
		"mp3 with a tag before":          {"audio/mpeg", slices.Concat([]byte("ID3\x04\x00\x00\x00\x00\x01\x00"), make([]byte, 128), mp3), 100 * frame},
		"mp3 with a tag behind":          {"audio/mpeg", slices.Concat(mp3, []byte("TAG"), make([]byte, 125)), 100 * frame},
		"mp3 that was cut off":           {"audio/mpeg", mp3[:len(mp3)-1], 99 * frame},
		"mp3 of a phone":                 {"audio/mpeg", old, 50 * 36 * time.Millisecond},
		"aac":                            {"audio/aac", aac, 43 * (1024 * time.Second / 44100)},
		"wav":                            {"audio/wav", wav, 2 * time.Second},
		"wav that claims more":           {"audio/wav", wav[:len(wav)-16000], time.Second},
		"m4a":                            {"audio/mp4", slices.Concat(ftyp, boxed("moov", mvhd), mdat), 9 * time.Second},
		"mp4 with the header at the end": {"video/mp4", slices.Concat(ftyp, mdat, boxed("moov", boxed("udta"), long)), 61_500 * time.Millisecond},
		"mp4 without a header":           {"video/mp4", slices.Concat(ftyp, mdat), 0},
		"mp4 that claims a year":         {"video/mp4", slices.Concat(ftyp, boxed("moov", boxed("mvhd", be(uint32(0), uint32(0), uint32(0), uint32(1), uint32(31_536_000), make([]byte, 80))))), 0},
		"a picture":                      {"image/png", mp3, 0},
		"nothing":                        {"audio/mpeg", nil, 0},
	}
}

func TestLengthIsReadFromTheBytes(t *testing.T) {
	t.Parallel()
	for name, c := range samples() {
		got := length(bytes.NewReader(c.data), int64(len(c.data)), c.contentType)
		if d := got - c.want; d < -time.Millisecond || d > time.Millisecond {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestNoBytesBreakTheReaderOfLengths(t *testing.T) {
	t.Parallel()
	all := samples()
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		c := all[rapid.SampledFrom(names).Draw(t, "file")]
		data := slices.Clone(c.data)
		for range rapid.IntRange(0, 20).Draw(t, "damages") {
			if len(data) > 0 {
				data[rapid.IntRange(0, min(len(data), 200)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "to")
			}
		}
		if n := rapid.IntRange(0, len(data)).Draw(t, "cut"); n > 0 {
			data = data[:n]
		}
		if got := length(bytes.NewReader(data), int64(len(data)), c.contentType); got < 0 || got > maxLength*time.Second {
			t.Fatalf("got %s", got)
		}
	})
}
