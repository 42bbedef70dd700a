package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"yingdi/domain"
	"yingdi/domain/media"
)

var _ media.Bucket = (*S3)(nil)

// S3 is a Bucket in MinIO or another server that speaks S3. Signed forms and links run out by the server's clock.
type S3 struct {
	client *minio.Client // reaches the server
	signer *minio.Client // only signs, for the address that clients reach
	bucket string
	clock  domain.Clock
}

// Options says where the server is.
type Options struct {
	Endpoint  string // http(s)://host:port as this process reaches it
	PublicURL string // http(s)://host:port as clients reach it; empty for the same
	Region    string // empty for us-east-1
	Bucket    string // created, private, if it is missing
	AccessKey string
	SecretKey string
}

// NewS3 connects and sees to the bucket. It returns domain.ErrUnavailable if the server does not answer.
func NewS3(ctx context.Context, o Options, clock domain.Clock) (*S3, error) {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.PublicURL == "" {
		o.PublicURL = o.Endpoint
	}
	client, err := connect(o.Endpoint, o)
	if err != nil {
		return nil, err
	}
	signer, err := connect(o.PublicURL, o)
	if err != nil {
		return nil, err
	}
	s := &S3{client: client, signer: signer, bucket: o.Bucket, clock: clock}
	if err := s.ensure(ctx, o.Region); err != nil {
		return nil, unavailable("bucket", o.Bucket, err)
	}
	return s, nil
}

func connect(address string, o Options) (*minio.Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || (u.Path != "" && u.Path != "/") {
		return nil, fmt.Errorf("media: %q is not http(s)://host:port", address)
	}
	return minio.New(u.Host, &minio.Options{
		Creds:      credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""),
		Secure:     u.Scheme == "https",
		Region:     o.Region, // given, so that signing asks nobody
		MaxRetries: 3,
	})
}

// ensure creates the bucket; another process may do so at the same moment.
func (s *S3) ensure(ctx context.Context, region string) error {
	exists, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil || exists {
		return err
	}
	err = s.client.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: region})
	if minio.ToErrorResponse(err).Code == "BucketAlreadyOwnedByYou" {
		return nil
	}
	return err
}

// SignUpload implements media.Bucket.
func (s *S3) SignUpload(ctx context.Context, key, contentType string, maxSize int64, expires time.Time) (media.Form, error) {
	p := minio.NewPostPolicy()
	err := errors.Join(
		checkKey(key),
		p.SetBucket(s.bucket),
		p.SetKey(key),
		p.SetContentType(contentType),
		p.SetContentLengthRange(1, maxSize),
		p.SetExpires(expires),
	)
	if err != nil {
		return media.Form{}, fmt.Errorf("media: sign upload of %s: %w", key, err)
	}
	u, fields, err := s.signer.PresignedPostPolicy(ctx, p)
	if err != nil {
		return media.Form{}, fmt.Errorf("media: sign upload of %s: %w", key, err)
	}
	return media.Form{Method: http.MethodPost, URL: u.String(), Fields: fields}, nil
}

// SignDownload implements media.Bucket. A link lasts a week at most.
func (s *S3) SignDownload(ctx context.Context, key, contentType string, expires time.Time) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	left := min(expires.Sub(s.clock.Now()), 7*24*time.Hour)
	u, err := s.signer.PresignedGetObject(ctx, s.bucket, key, left, url.Values{
		"response-content-type":        {contentType},
		"response-content-disposition": {disposition(key, contentType)},
		"response-cache-control":       {fmt.Sprintf("private, max-age=%d", int(left.Seconds()))},
	})
	if err != nil {
		return "", fmt.Errorf("media: sign download of %s: %w", key, err)
	}
	return u.String(), nil
}

// Open implements media.Bucket.
func (s *S3) Open(ctx context.Context, key string) (media.Object, error) {
	if err := checkKey(key); err != nil {
		return media.Object{}, err
	}
	object, err := s.client.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return media.Object{}, refused("open", key, err)
	}
	info, err := object.Stat()
	if err != nil {
		object.Close()
		return media.Object{}, refused("open", key, err)
	}
	return media.Object{ReadSeekCloser: object, Size: info.Size}, nil
}

// Put implements media.Bucket.
func (s *S3) Put(ctx context.Context, key, contentType string, body io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := s.client.PutObject(ctx, s.bucket, key, body, size, minio.PutObjectOptions{ContentType: contentType})
	if err != nil {
		return refused("put", key, err)
	}
	return nil
}

// Move implements media.Bucket. A plain copy would replace what is there; completing an upload of one copied part can
// be told not to, and the bytes still never leave the server.
func (s *S3) Move(ctx context.Context, from, to string) error {
	if err := errors.Join(checkKey(from), checkKey(to)); err != nil {
		return err
	}
	core := minio.Core{Client: s.client}
	upload, err := core.NewMultipartUpload(ctx, s.bucket, to, minio.PutObjectOptions{})
	if err != nil {
		return refused("move", from, err)
	}
	part, err := core.CopyObjectPart(ctx, s.bucket, from, s.bucket, to, upload, 1, 0, -1, nil)
	if err == nil {
		var ifAbsent minio.PutObjectOptions
		ifAbsent.SetMatchETagExcept("*")
		_, err = core.CompleteMultipartUpload(ctx, s.bucket, to, upload, []minio.CompletePart{part}, ifAbsent)
	}
	if err != nil {
		// What cannot be aborted now, the server clears away by itself.
		_ = core.AbortMultipartUpload(context.WithoutCancel(ctx), s.bucket, to, upload)
		if minio.ToErrorResponse(err).Code != minio.PreconditionFailed {
			return refused("move", from, err)
		}
	}
	return s.Delete(ctx, from)
}

// Delete implements media.Bucket.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{}); err != nil {
		return refused("delete", key, err)
	}
	return nil
}

// Ping implements media.Bucket.
func (s *S3) Ping(ctx context.Context) error {
	const key = "ping"
	if err := s.Put(ctx, key, "text/plain", http.NoBody, 0); err != nil {
		return err
	}
	return s.Delete(ctx, key)
}

func refused(doing, key string, err error) error {
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return fmt.Errorf("media %s: %w", key, domain.ErrNotFound)
	}
	return unavailable(doing, key, err)
}
