package media

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"yingdi/domain/media"
)

// policy is what an upload form allows. It travels with the form, signed.
type policy struct {
	Key         string `json:"key"`
	ContentType string `json:"content_type"`
	MaxSize     int64  `json:"max_size"`
	Expires     int64  `json:"expires"` // Unix seconds
}

// The fields of the form.
const (
	fieldKey       = "key"
	fieldType      = "Content-Type"
	fieldPolicy    = "policy"
	fieldSignature = "signature"
)

// SignUpload implements media.Bucket.
func (f *Folder) SignUpload(_ context.Context, key, contentType string, maxSize int64, expires time.Time) (media.Form, error) {
	if err := checkKey(key); err != nil {
		return media.Form{}, err
	}
	raw, err := json.Marshal(policy{Key: key, ContentType: contentType, MaxSize: maxSize, Expires: expires.Unix()})
	if err != nil {
		return media.Form{}, err
	}
	encoded := base64.StdEncoding.EncodeToString(raw)
	return media.Form{Method: http.MethodPost, URL: f.base + "/" + uploadPath, Fields: map[string]string{
		fieldKey:       key,
		fieldType:      contentType,
		fieldPolicy:    encoded,
		fieldSignature: f.sign("upload", encoded),
	}}, nil
}

// checkForm returns the policy of a form that we signed, that has not expired and whose fields say what it says.
func (f *Folder) checkForm(fields map[string]string) (policy, bool) {
	var p policy
	encoded := fields[fieldPolicy]
	if !f.signed(fields[fieldSignature], "upload", encoded) {
		return p, false
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return p, false
	}
	return p, f.clock.Now().Unix() < p.Expires && fields[fieldKey] == p.Key && fields[fieldType] == p.ContentType && len(fields) == 4
}

// SignDownload implements media.Bucket.
func (f *Folder) SignDownload(_ context.Context, key, contentType string, expires time.Time) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	until := strconv.FormatInt(expires.Unix(), 10)
	query := url.Values{
		"type":      {contentType},
		"expires":   {until},
		"signature": {f.sign("download", key, until, contentType)},
	}
	return f.base + "/" + key + "?" + query.Encode(), nil
}

// checkLink returns the content type of a link that we signed and the time left, which is positive if it still works.
func (f *Folder) checkLink(key string, query url.Values) (contentType string, left time.Duration) {
	contentType, until := query.Get("type"), query.Get("expires")
	if !f.signed(query.Get("signature"), "download", key, until, contentType) {
		return "", 0
	}
	seconds, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return "", 0
	}
	return contentType, time.Unix(seconds, 0).Sub(f.clock.Now())
}

// sign makes the signature of parts; only the last of them may hold a zero byte, so no two lists read the same.
func (f *Folder) sign(parts ...string) string {
	mac := hmac.New(sha256.New, f.key)
	mac.Write([]byte("yingdi media " + strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (f *Folder) signed(signature string, parts ...string) bool {
	return hmac.Equal([]byte(signature), []byte(f.sign(parts...)))
}
