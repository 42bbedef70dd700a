package fake

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"yingdi/domain"
)

// answer signs by the clock of the fake, as the product checks it by its own.
func (p *Pay) answer(rw http.ResponseWriter, status int, body []byte) {
	h := rw.Header()
	for key, value := range p.signature(p.now(), body) {
		h.Set(key, value)
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Request-ID", "fake-"+domain.Secret()[:12])
	rw.WriteHeader(status)
	_, _ = rw.Write(body)
}

// signature is the headers that WeChat Pay signs a body with.
func (p *Pay) signature(at time.Time, body []byte) map[string]string {
	timestamp, nonce := strconv.FormatInt(at.Unix(), 10), domain.Secret()
	digest := sha256.Sum256([]byte(timestamp + "\n" + nonce + "\n" + string(body) + "\n"))
	signed, err := rsa.SignPKCS1v15(rand.Reader, p.o.PlatformKey, crypto.SHA256, digest[:])
	if err != nil {
		panic("fake pay: " + err.Error())
	}
	return map[string]string{
		"Wechatpay-Timestamp": timestamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": p.o.PublicKeyID,
		"Wechatpay-Signature": base64.StdEncoding.EncodeToString(signed), "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
	}
}

var authorizationField = regexp.MustCompile(`(\w+)="([^"]*)"`)

// authorized checks the merchant's signature. How old it is is not checked: the SDK dates requests by the machine's own
// clock, which under an accelerated one is another.
func (p *Pay) authorized(r *http.Request, body []byte) *payError {
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	fields := map[string]string{}
	for _, m := range authorizationField.FindAllStringSubmatch(rest, -1) {
		fields[m[1]] = m[2]
	}
	message := fmt.Sprintf("%s\n%s\n%s\n%s\n%s\n", r.Method, r.URL.RequestURI(), fields["timestamp"], fields["nonce_str"], body)
	digest := sha256.Sum256([]byte(message))
	signature, err := base64.StdEncoding.DecodeString(fields["signature"])
	switch {
	case scheme != "WECHATPAY2-SHA256-RSA2048", fields["mchid"] != p.o.MchID, fields["serial_no"] != p.o.Serial, err != nil,
		rsa.VerifyPKCS1v15(p.o.MerchantKey, crypto.SHA256, digest[:], signature) != nil:
		return refusePay(401, "SIGN_ERROR", "签名错误")
	}
	return nil
}
