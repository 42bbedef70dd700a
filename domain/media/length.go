package media

import (
	"bufio"
	"encoding/binary"
	"io"
	"time"
)

// length tells how long a recording or a film lasts, by its own bytes and not by what a client says; 0 if that cannot be
// told. MP3 and AAC are walked frame by frame, so that a header cannot lie; a WAV is as long as the sound in it, and an MP4
// as long as its movie header says.
func length(r io.ReaderAt, size int64, contentType string) time.Duration {
	switch contentType {
	case "audio/mpeg":
		return frames(r, size, mp3Frame)
	case "audio/aac":
		return frames(r, size, aacFrame)
	case "audio/wav":
		return wavLength(r, size)
	case "audio/mp4", "video/mp4", "video/quicktime":
		return movieLength(r, size)
	}
	return 0
}

// frame of sound that begins with the header; ok is false where none begins.
type frame struct {
	bytes, samples, rate int
	ok                   bool
}

// frames adds up all frames of a stream. What is between them, such as tags, is passed over.
func frames(r io.ReaderAt, size int64, parse func(head []byte) frame) time.Duration {
	in := bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 64<<10)
	if tag, err := in.Peek(10); err == nil && string(tag[:3]) == "ID3" {
		n := int(tag[6]&0x7f)<<21 | int(tag[7]&0x7f)<<14 | int(tag[8]&0x7f)<<7 | int(tag[9]&0x7f)
		_, _ = in.Discard(10 + n)
	}
	var total time.Duration
	for {
		head, err := in.Peek(7)
		if err != nil {
			return total
		}
		f := parse(head)
		if !f.ok {
			_, _ = in.Discard(1)
			continue
		}
		if n, _ := in.Discard(f.bytes); n < f.bytes { // cut off
			return total
		}
		total += time.Duration(f.samples) * time.Second / time.Duration(f.rate)
	}
}

var (
	mp3Rates   = [3]int{44100, 48000, 32000} // of MPEG 1; half of it for MPEG 2, a quarter for 2.5
	mp3Bitrate = [2][15]int{
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
	}
	aacRates = [13]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
)

// mp3Frame reads the header of ISO 11172-3 and 13818-3, layer III.
func mp3Frame(h []byte) frame {
	version, rate, bits := h[1]>>3&3, h[2]>>2&3, h[2]>>4
	if h[0] != 0xff || h[1]&0xe6 != 0xe2 || version == 1 || rate == 3 || bits == 0 || bits == 15 {
		return frame{}
	}
	f := frame{samples: 1152, rate: mp3Rates[rate], ok: true}
	table := 0
	if version != 3 {
		f.samples, f.rate, table = 576, f.rate/2, 1
	}
	if version == 0 {
		f.rate /= 2
	}
	f.bytes = f.samples/8*mp3Bitrate[table][bits]*1000/f.rate + int(h[2]>>1&1)
	return f
}

// aacFrame reads the ADTS header of ISO 13818-7.
func aacFrame(h []byte) frame {
	rate, bytes := int(h[2]>>2&0xf), int(h[3]&3)<<11|int(h[4])<<3|int(h[5]>>5)
	if h[0] != 0xff || h[1]&0xf6 != 0xf0 || rate >= len(aacRates) || bytes < 7 {
		return frame{}
	}
	return frame{bytes: bytes, samples: 1024 * (int(h[6]&3) + 1), rate: aacRates[rate], ok: true}
}

// maxBoxes bounds how many parts of a container are looked at.
const maxBoxes = 256

func wavLength(r io.ReaderAt, size int64) time.Duration {
	var perSecond int64
	head := make([]byte, 12)
	at := int64(12)
	for range maxBoxes {
		if _, err := r.ReadAt(head, at); err != nil {
			return 0
		}
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		switch string(head[:4]) {
		case "fmt ":
			rate := make([]byte, 4)
			if _, err := r.ReadAt(rate, at+16); err != nil {
				return 0
			}
			perSecond = int64(binary.LittleEndian.Uint32(rate))
		case "data":
			if perSecond == 0 {
				return 0
			}
			return seconds(min(n, size-at-8), perSecond)
		}
		at += 8 + n + n%2
	}
	return 0
}

// movieLength finds moov and mvhd in it, as ISO 14496-12 lays them out.
func movieLength(r io.ReaderAt, size int64) time.Duration {
	from, to, ok := box(r, 0, size, "moov")
	if !ok {
		return 0
	}
	if from, to, ok = box(r, from, to, "mvhd"); !ok || to-from < 20 {
		return 0
	}
	head := make([]byte, min(to-from, 32))
	if _, err := r.ReadAt(head, from); err != nil {
		return 0
	}
	if head[0] == 1 && len(head) == 32 {
		return seconds(int64(binary.BigEndian.Uint64(head[24:])), int64(binary.BigEndian.Uint32(head[20:])))
	}
	return seconds(int64(binary.BigEndian.Uint32(head[16:])), int64(binary.BigEndian.Uint32(head[12:])))
}

// box finds the first of that name between two places and returns where its content lies.
func box(r io.ReaderAt, at, end int64, name string) (from, to int64, ok bool) {
	head := make([]byte, 16)
	for range maxBoxes {
		if end-at < 16 {
			return 0, 0, false
		}
		if _, err := r.ReadAt(head, at); err != nil {
			return 0, 0, false
		}
		n, skip := int64(binary.BigEndian.Uint32(head)), int64(8)
		switch n {
		case 0:
			n = end - at
		case 1:
			n, skip = int64(binary.BigEndian.Uint64(head[8:])), 16
		}
		if n < skip || n > end-at {
			return 0, 0, false
		}
		if string(head[4:8]) == name {
			return at + skip, at + n, true
		}
		at += n
	}
	return 0, 0, false
}

// maxLength is more than any file of ours can last; who claims more is not believed.
const maxLength = 24 * 60 * 60

func seconds(n, perSecond int64) time.Duration {
	if n < 0 || perSecond <= 0 || n/perSecond > maxLength {
		return 0
	}
	return time.Duration(n/perSecond)*time.Second + time.Duration(n%perSecond)*time.Second/time.Duration(perSecond)
}
