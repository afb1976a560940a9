package insidetest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// question is one request. The cloud's lock is held.
type question struct {
	cloud                *Cloud
	w                    http.ResponseWriter
	r                    *http.Request
	body                 []byte
	key, region, service string
	// action is IAM's word for it, on the resource's ARN.
	action, on string
	form       url.Values
	in         map[string]any
}

// read finds out what is asked, and says whether AWS would understand.
func (q *question) read() bool {
	want := map[string]string{"iam": "us-east-1"}[q.service]
	if want == "" {
		want = Region
	}
	if q.region != want {
		return false
	}
	q.on = "*"
	switch q.service {
	case "ssm":
		service, action, ok := strings.Cut(q.r.Header.Get("X-Amz-Target"), ".")
		q.action = action
		return ok && service == "AmazonSSM" && q.r.Header.Get("Content-Type") == "application/x-amz-json-1.1" && q.json()
	case "iam", "ec2":
		var err error
		q.form, err = url.ParseQuery(string(q.body))
		q.action = q.form.Get("Action")
		return err == nil && q.form.Get("Version") != "" && q.action != ""
	case "s3":
		q.action = map[string]string{http.MethodPut: "PutObject", http.MethodGet: "GetObject",
			http.MethodHead: "GetObject"}[q.r.Method]
		q.on = "arn:aws:s3:::" + strings.TrimPrefix(q.r.URL.Path, "/")
		return strings.HasPrefix(q.r.URL.Path, "/"+Bucket+"/")
	}
	return false
}

func (q *question) json() bool {
	if json.Unmarshal(q.body, &q.in) != nil {
		return false
	}
	if name, named := q.in["Name"].(string); named {
		q.on = "arn:aws:ssm:" + Region + ":123456789012:parameter" + name
	}
	return true
}

// answer does what is asked, for whom may ask it.
func (q *question) answer() {
	c, what := q.cloud, q.service+":"+q.action
	c.refused[q.key+what]++
	switch {
	case q.key == Caller && slices.Contains(c.Denied, what), q.key == Guest && !q.allowed(what, q.on):
		q.refuse(http.StatusForbidden, "AccessDenied", "User: "+q.key+" is not authorized to perform: "+what)
		return
	case c.refused[q.key+what] <= c.Throttle:
		q.refuse(map[bool]int{true: http.StatusServiceUnavailable, false: http.StatusBadRequest}[q.service == "s3"],
			"ThrottlingException", "Rate exceeded")
		return
	}
	c.asked = append(c.asked, q.key+" "+what)
	switch q.service {
	case "ssm":
		q.ssm()
	case "s3":
		q.s3()
	default:
		q.query()
	}
}

// allowed judges a call of the instance by its role's policies.
func (q *question) allowed(action, resource string) bool {
	for _, text := range q.cloud.policies {
		var doc struct {
			Statement []struct {
				Effect, Resource string
				Action           []string
				Condition        map[string]map[string]string
			}
		}
		if json.Unmarshal([]byte(text), &doc) != nil {
			continue
		}
		for _, s := range doc.Statement {
			until, err := time.Parse(time.RFC3339, s.Condition["DateLessThan"]["aws:CurrentTime"])
			if s.Effect == "Allow" && slices.Contains(s.Action, action) && fits(s.Resource, resource) && err == nil &&
				time.Now().Before(until) {
				return true
			}
		}
	}
	return false
}

// fits matches a resource with a pattern in which a star stands for anything.
func fits(pattern, resource string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "|"), strings.ReplaceAll(resource, "/", "|"))
	return err == nil && ok
}

func (q *question) query() {
	c, form := q.cloud, q.form
	switch q.service + ":" + q.action {
	case "ec2:DescribeInstances":
		if form.Get("InstanceId.1") != Instance {
			q.refuse(http.StatusBadRequest, "InvalidInstanceID.NotFound", "no such instance")
			return
		}
		q.xml("<iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/a/server</arn></iamInstanceProfile>")
	case "iam:GetInstanceProfile":
		q.xml("<InstanceProfile><Roles><member><RoleName>" + Role + "</RoleName></member></Roles></InstanceProfile>")
	case "iam:PutRolePolicy":
		c.policies[form.Get("PolicyName")] = form.Get("PolicyDocument")
		q.xml("")
	case "iam:ListRolePolicies":
		var names strings.Builder
		for name := range c.policies {
			names.WriteString("<member>" + name + "</member>")
		}
		q.xml("<PolicyNames>" + names.String() + "</PolicyNames><IsTruncated>false</IsTruncated>")
	case "iam:DeleteRolePolicy":
		if _, there := c.policies[form.Get("PolicyName")]; !there {
			q.refuse(http.StatusNotFound, "NoSuchEntity", "no such policy")
			return
		}
		delete(c.policies, form.Get("PolicyName"))
		q.xml("")
	default:
		q.refuse(http.StatusBadRequest, "InvalidAction", "no such action")
	}
}

func (q *question) xml(inner string) {
	fmt.Fprintf(q.w, "<%sResponse>%s</%sResponse>", q.action, inner, q.action)
}

func (q *question) s3() {
	key := strings.TrimPrefix(q.r.URL.Path, "/"+Bucket+"/")
	if q.action == "PutObject" {
		q.cloud.objects[key] = q.body
		return
	}
	content, there := q.cloud.objects[key]
	switch {
	case there && q.r.Method == http.MethodGet:
		_, _ = q.w.Write(content)
	case there:
	case q.r.Method == http.MethodHead:
		q.w.WriteHeader(http.StatusNotFound)
	case q.key == Guest && !q.allowed("s3:ListBucket", "arn:aws:s3:::"+Bucket):
		q.refuse(http.StatusForbidden, "AccessDenied", "Access Denied")
	default:
		q.refuse(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	}
}

// refuse answers with an error in the form of the service's protocol.
func (q *question) refuse(status int, code, message string) {
	q.w.WriteHeader(status)
	switch q.service {
	case "ssm":
		fmt.Fprintf(q.w, `{"__type":"com.amazonaws.ssm#%s","message":%q}`, code, message)
	case "s3":
		if q.r.Method != http.MethodHead {
			fmt.Fprintf(q.w, "%s<Error><Code>%s</Code><Message>%s</Message></Error>", xml.Header, code, message)
		}
	default:
		fmt.Fprintf(q.w, "<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, message)
	}
}
