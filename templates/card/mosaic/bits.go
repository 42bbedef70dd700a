package mosaic

import "encoding/binary"

// bitWriter packs bits, the highest first. Unless plain, it stuffs a zero after each byte 0xff (T.81, B.1.1.5).
type bitWriter struct {
	out   []byte
	acc   uint64 // the lowest n bits wait
	n     int    // always less than 32 between calls
	plain bool
}

// put writes the lowest count bits of value, 32 at most; higher bits are zero.
func (w *bitWriter) put(value uint32, count int) {
	w.acc = w.acc<<count | uint64(value)
	if w.n += count; w.n < 32 {
		return
	}
	w.n -= 32
	word := uint32(w.acc >> w.n)
	if w.plain || !hasFF(word) {
		w.out = binary.BigEndian.AppendUint32(w.out, word)
		return
	}
	for shift := 24; shift >= 0; shift -= 8 {
		w.byte(byte(word >> shift))
	}
}

func hasFF(word uint32) bool { return (^word-0x01010101)&word&0x80808080 != 0 }

func (w *bitWriter) byte(b byte) {
	w.out = append(w.out, b)
	if b == 0xff && !w.plain {
		w.out = append(w.out, 0)
	}
}

// flush fills the last byte with ones.
func (w *bitWriter) flush() {
	if pad := -w.n & 7; pad > 0 {
		w.acc, w.n = w.acc<<pad|(1<<pad-1), w.n+pad
	}
	for ; w.n > 0; w.n -= 8 {
		w.byte(byte(w.acc >> (w.n - 8)))
	}
}

// copyBits appends bits [from, to) of a plain stream that has eight bytes to spare at its end.
func (w *bitWriter) copyBits(stream []byte, from, to uint32) {
	for at := from; at < to; {
		count := min(int(to-at), 32)
		word := binary.BigEndian.Uint64(stream[at/8:]) << (at % 8)
		w.put(uint32(word>>32)>>(32-count), count)
		at += uint32(count)
	}
}
