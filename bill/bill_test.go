package bill_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/bill"
	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// cur is October 2026 of a small stack as a cost and usage report: 744 hours.
const cur = `bill_billing_period_start_date,line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,line_item_resource_id,line_item_usage_type,line_item_operation,line_item_line_item_type,line_item_usage_amount,line_item_unblended_cost,pricing_public_on_demand_cost,line_item_currency_code,savings_plan_savings_plan_effective_cost,resource_tags
2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonEC2,i-1,BoxUsage:t3.large,RunInstances,SavingsPlanCoveredUsage,744,61.9008,61.9008,USD,40.00,"{""user_team"":""web""}"
2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonEC2,i-1,BoxUsage:t3.large,RunInstances,SavingsPlanNegation,744,-61.9008,0,USD,,"{""user_team"":""web""}"
2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonEC2,vol-9,EBS:VolumeUsage.gp3,CreateVolume-Gp3,Usage,30,2.40,2.40,USD,,"{""user_team"":""web""}"
2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonEC2,arn:aws:ec2:us-east-1:1:natgateway/nat-1,NatGateway-Hours,NatGateway,Usage,744,33.48,33.48,USD,,"{""user_team"":""web""}"
2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonEC2,arn:aws:ec2:us-east-1:1:natgateway/nat-1,NatGateway-Bytes,NatGateway,Usage,200,9.00,9.00,USD,,"{""user_team"":""web""}"
2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonS3,files-1,TimedStorage-ByteHrs,StandardStorage,Usage,500,11.50,11.50,USD,,"{""user_team"":""web""}"
2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonEC2,i-other,BoxUsage:m5.large,RunInstances,Usage,744,71.42,71.42,USD,,
2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonEC2,i-1,CPUCredits:t3,T3CPUCredits,Usage,10,0.50,0.50,USD,,"{""user_team"":""web""}"
2026-10-01T00:00:00Z,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,AmazonEC2,,,,Tax,1,12.00,0,USD,,
`

// stack is what the bill is of: t3.large 0.0832/h, 20 GB gp3 at 0.08, a NAT gateway at
// 0.045/h, and a bucket.
func stack() []cost.Resource {
	of := func(name, typ string, props map[string]any) cost.Resource {
		return cost.Resource{URN: "urn:" + name, Type: typ, Name: name, Component: "web", Region: "us-east-1", Props: props}
	}
	return []cost.Resource{
		of("server", token.EC2Instance, map[string]any{"id": "i-1", "instanceType": "t3.large",
			"rootBlockDevice": map[string]any{"volumeSize": 20.0, "volumeType": "gp3"}}),
		of("nat", token.EC2NatGateway, map[string]any{"id": "nat-1", "connectivityType": "private"}),
		of("files", token.S3Bucket, map[string]any{"id": "files-1", "bucket": "files-1", "arn": "arn:aws:s3:::files-1"}),
	}
}

func estimateOf(t *testing.T, o cost.Options) cost.Estimate {
	t.Helper()
	catalogue, err := cost.Load()
	require.NoError(t, err)
	return cost.NewEstimator(catalogue, o).Estimate(stack())
}

func october(t *testing.T, text string, f bill.Filter) bill.Statement {
	t.Helper()
	s, err := bill.ReadCSV(strings.NewReader(text), f)
	require.NoError(t, err)
	return s
}

// A bill of FOCUS without AWS's own columns names services, and no codes.
func TestNamesOfServicesAreReadAsTheirCodes(t *testing.T) {
	for product, meter := range map[string]string{
		"Amazon Elastic Compute Cloud": "BoxUsage:t3.large", "Amazon Virtual Private Cloud": "EUC1-NatGateway-Hours",
		"Amazon Elastic Block Store": "EBS:VolumeUsage.gp3", "Amazon Simple Storage Service": "TimedStorage-ByteHrs",
	} {
		s := october(t, "ChargeCategory,EffectiveCost,ServiceName,SkuMeter,ResourceId,ConsumedQuantity,BillingPeriodStart\n"+
			"Usage,1.5,"+product+","+meter+",i-1,744,2026-10-01T00:00:00Z\n", bill.Filter{})
		billed := 0
		for _, r := range bill.Compare(s, stack(), estimateOf(t, cost.Options{}), bill.Options{}).Rows {
			if !r.Billed.IsZero() {
				billed++
				assert.NotEqual(t, meter, r.Thing, product)
			}
		}
		assert.Equal(t, 1, billed, product)
	}
}

// What a commitment costs counts once: in what it covers, and beside it what nothing used.
func TestCommitmentsCountOnce(t *testing.T) {
	rows := []string{"SavingsPlanCoveredUsage,61.90,40,,,,", "SavingsPlanNegation,-61.90,,,,,",
		"SavingsPlanRecurringFee,50,,50,42,,", "RIFee,30,,,,4,1", "DiscountedUsage,0,,,,,"}
	head := "line_item_line_item_type,line_item_unblended_cost,savings_plan_savings_plan_effective_cost," +
		"savings_plan_total_commitment_to_date,savings_plan_used_commitment,reservation_unused_recurring_fee," +
		"reservation_unused_amortized_upfront_fee_for_billing_period"
	sum := func(head string, rows []string) string {
		var file strings.Builder
		file.WriteString(head + ",bill_billing_period_start_date,line_item_product_code,line_item_usage_type," +
			"line_item_usage_amount\n")
		for i, r := range rows {
			fmt.Fprintf(&file, "%s,2026-10-01T00:00:00Z,AmazonEC2,meter%d,1\n", r, i)
		}
		total := decimal.Zero
		for _, c := range october(t, file.String(), bill.Filter{}).Charges {
			total = total.Add(c.Cost)
		}
		return usd(total)
	}
	assert.Equal(t, "53.00", sum(head, rows), "40 that the plan asks, 8 of it unused, 5 of a reservation unused")
	plain := []string{"SavingsPlanCoveredUsage,61.90", "SavingsPlanNegation,-61.90", "SavingsPlanRecurringFee,50"}
	assert.Equal(t, "50.00", sum("line_item_line_item_type,line_item_unblended_cost", plain),
		"without the columns of commitments all is as it is billed")
}

func rowOf(t *testing.T, c bill.Comparison, thing string) bill.Row {
	t.Helper()
	for _, r := range c.Rows {
		if r.Thing == thing {
			return r
		}
	}
	t.Fatalf("no row of %q in %+v", thing, c.Rows)
	return bill.Row{}
}

func usd(d decimal.Decimal) string { return d.StringFixed(2) }

func TestEachDeviationHasItsCause(t *testing.T) {
	s := october(t, cur, bill.Filter{})
	assert.Equal(t, "744", s.Hours().String())
	c := bill.Compare(s, stack(), estimateOf(t, cost.Options{}), bill.Options{})

	server := rowOf(t, c, "instance hours t3.large") // 744 × 0.0832 = 61.90 as expected; the plan asks 40
	assert.Equal(t, []string{"61.90", "40.00", "0.00", "-21.90", "discount"},
		[]string{usd(server.Estimated), usd(server.Billed), usd(server.Usage), usd(server.Discount), server.Cause()})

	disk := rowOf(t, c, "gp3 storage") // 20 GB expected, 30 billed, of a volume that no state holds
	assert.Equal(t, []string{"1.60", "2.40", "0.80", "usage"}, []string{usd(disk.Estimated), usd(disk.Billed),
		usd(disk.Usage), disk.Cause()})
	assert.True(t, disk.ByMeter)

	assert.Equal(t, "", rowOf(t, c, "NAT gateway hours").Cause(), "744 × 0.045 = 33.48")
	data := rowOf(t, c, "NAT gateway data") // no traffic is given, so nothing was expected
	assert.Equal(t, []string{"9.00", "not modelled"}, []string{usd(data.NotModelled), data.Cause()})
	assert.Equal(t, "0.50", usd(rowOf(t, c, "CPUCredits:t3").NotModelled))

	require.Len(t, c.Elsewhere, 1)
	assert.Equal(t, "71.42", usd(c.Elsewhere[0].Billed))
	require.Len(t, c.Account, 1, "what the plan takes back was not counted")
	assert.Equal(t, "12.00", usd(c.Account[0].Billed), "the tax")
}

// The parts of every row, and of the whole, are the deviation, to the cent.
func TestTheCausesAddUp(t *testing.T) {
	for name, o := range map[string]bill.Options{"dollars": {}, "euros": {Rate: decimal.RequireFromString("0.917")},
		"of the stack": {OfStack: true}} {
		c := bill.Compare(october(t, cur, bill.Filter{}), stack(), estimateOf(t,
			cost.Options{Usage: cost.Usage{Users: 9000}}), o)
		for _, r := range append(c.Rows, c.Sum()) {
			assert.Equal(t, usd(r.Deviation()), usd(r.Usage.Add(r.Price).Add(r.Discount).Add(r.NotModelled)), "%s: %s", name,
				r.Thing)
		}
		assert.Equal(t, usd(c.Billed.Sub(c.Estimated)), usd(c.Sum().Deviation()))
		all := c.Billed
		for _, x := range append(c.Account, c.Elsewhere...) {
			all = all.Add(x.Billed)
		}
		// 40 + 2.40 + 33.48 + 9 + 11.50 + 71.42 + 0.50 + 12; what the plan takes back was not counted
		assert.Equal(t, "180.30", usd(all), "%s: all that is billed stands somewhere", name)
	}
}

func TestEveryFormOfABillSaysTheSame(t *testing.T) {
	want := october(t, cur, bill.Filter{})
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte(cur))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	old := strings.NewReplacer("bill_billing_period_start_date", "bill/BillingPeriodStartDate",
		"line_item_usage_start_date", "lineItem/UsageStartDate",
		"line_item_usage_end_date", "lineItem/UsageEndDate", "line_item_product_code", "lineItem/ProductCode",
		"line_item_resource_id", "lineItem/ResourceId",
		"line_item_usage_type", "lineItem/UsageType", "line_item_operation", "lineItem/Operation",
		"line_item_line_item_type", "lineItem/LineItemType",
		"line_item_usage_amount", "lineItem/UsageAmount", "line_item_unblended_cost", "lineItem/UnblendedCost",
		"pricing_public_on_demand_cost", "pricing/publicOnDemandCost",
		"line_item_currency_code", "lineItem/CurrencyCode", "savings_plan_savings_plan_effective_cost",
		"savingsPlan/SavingsPlanEffectiveCost").Replace(cur)
	for name, text := range map[string]string{"packed": packed.String(), "with a mark": "\ufeff" + cur,
		"the older report": old} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, want, october(t, text, bill.Filter{}))
		})
	}
}

// focusRow is a row of FOCUS as AWS exports it.
type focusRow struct {
	BillingPeriodStart, ChargePeriodStart, ChargePeriodEnd time.Time
	ServiceName, ChargeCategory, BillingCurrency           string
	ResourceId, RegionId                                   *string
	XUsageType                                             string `parquet:"x_UsageType"`
	XServiceCode                                           string `parquet:"x_ServiceCode"`
	XOperation                                             string `parquet:"x_Operation"`
	EffectiveCost, ListCost, ConsumedQuantity              float64
	Tags                                                   map[string]string `parquet:"Tags"`
}

func TestParquetOfFOCUS(t *testing.T) {
	from := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	id := "i-1"
	path := filepath.Join(t.TempDir(), "bill.parquet")
	require.NoError(t, parquet.WriteFile(path, []focusRow{
		{BillingPeriodStart: from, ChargePeriodStart: from, ChargePeriodEnd: from.AddDate(0, 1, 0), ServiceName: "Amazon Elastic Compute Cloud", ChargeCategory: "Usage",
			BillingCurrency: "USD", ResourceId: &id, XUsageType: "BoxUsage:t3.large", XServiceCode: "AmazonEC2", XOperation: "RunInstances", EffectiveCost: 40, ListCost: 61.9, ConsumedQuantity: 744,
			Tags: map[string]string{"team": "web", "stage": "3"}},
		{BillingPeriodStart: from, ChargePeriodStart: from, ChargePeriodEnd: from.AddDate(0, 1, 0), ServiceName: "Tax", ChargeCategory: "Tax", BillingCurrency: "USD", EffectiveCost: 7,
			Tags: map[string]string{"team": "other"}},
	}))
	s, err := bill.ReadFile(path, bill.Filter{})
	require.NoError(t, err)
	assert.Equal(t, "FOCUS", s.Form)
	assert.Equal(t, "744", s.Hours().String())
	require.Len(t, s.Charges, 2)
	c := bill.Compare(s, stack(), estimateOf(t, cost.Options{}), bill.Options{})
	assert.Equal(t, "-21.90", usd(rowOf(t, c, "instance hours t3.large").Discount))

	tagged, err := bill.ReadFile(path, bill.Filter{Tag: "team=web"})
	require.NoError(t, err)
	assert.Len(t, tagged.Charges, 1)
}

func TestFilters(t *testing.T) {
	assert.Len(t, october(t, cur, bill.Filter{Tag: "team=web"}).Charges, 7)
	two := cur + strings.ReplaceAll(strings.SplitN(cur, "\n", 3)[1], "2026-10-01", "2026-09-01") + "\n"
	assert.Equal(t, "2026-10", october(t, two, bill.Filter{Month: time.Date(2026, 10, 1, 0, 0, 0, 0,
		time.UTC)}).Month.Format("2006-01"))
}

func TestBadBillsAreNamed(t *testing.T) {
	header, rest, _ := strings.Cut(cur, "\n")
	two := cur + strings.ReplaceAll(strings.SplitN(cur, "\n", 3)[1], "2026-10-01", "2026-09-01") + "\n"
	for name, tt := range map[string]struct {
		text, want string
		filter     bill.Filter
	}{
		"empty":            {"", "it is empty", bill.Filter{}},
		"another table":    {"a,b\n1,2\n", "no bill", bill.Filter{}},
		"a column missing": {strings.Replace(header, "line_item_usage_amount", "amount", 1) + "\n" + rest, "line_item_usage_amount", bill.Filter{}},
		"no number":        {strings.Replace(cur, "33.48,33.48", "much,33.48", 1), `line 5: line_item_unblended_cost: got "much"`, bill.Filter{}},
		"beyond all":       {strings.Replace(cur, "33.48,33.48", "1e99999999,33.48", 1), "beyond all bounds", bill.Filter{}},
		"no time":          {strings.Replace(cur, "2026-10-01T00:00:00Z,2026-10-01T00:00:00Z", "soon,2026-10-01T00:00:00Z", 1), "line 2", bill.Filter{}},
		"another kind":     {strings.Replace(cur, "Tax", "Gift", 1), `got "Gift"`, bill.Filter{}},
		"two months":       {two, "2026-09, 2026-10", bill.Filter{}},
		"two currencies":   {strings.Replace(cur, "12.00,0,USD", "12.00,0,EUR", 1), "in USD and in EUR", bill.Filter{}},
		"another month":    {cur, "nothing of 2026-01", bill.Filter{Month: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"no such tag":      {cur, "team=none", bill.Filter{Tag: "team=none"}},
		"a tag's form":     {cur, "KEY=VALUE", bill.Filter{Tag: "team"}},
		"broken gzip":      {"\x1f\x8bxx", "unpack", bill.Filter{}},
		"only a header":    {header + "\n", "no charges", bill.Filter{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bill.ReadCSV(strings.NewReader(tt.text), tt.filter)
			assert.ErrorContains(t, err, tt.want)
		})
	}
	path := filepath.Join(t.TempDir(), "x")
	require.NoError(t, os.WriteFile(path, []byte("PAR1 and then nothing"), 0o600))
	_, err := bill.ReadFile(path, bill.Filter{})
	assert.ErrorContains(t, err, path)
}

// What a bill says is used becomes a file of usage, with which the estimate is right.
func TestCalibratedUsageMakesTheEstimateRight(t *testing.T) {
	s := october(t, cur, bill.Filter{})
	e := estimateOf(t, cost.Options{})
	used := bill.Calibrate(bill.Compare(s, stack(), e, bill.Options{}), s, cost.UsageOf(stack(), e))
	var file bytes.Buffer
	require.NoError(t, cost.WriteUsage(&file, used, 0, 0))
	u, err := cost.ReadUsage(&file)
	require.NoError(t, err)
	after := bill.Compare(s, stack(), estimateOf(t, cost.Options{Usage: u}), bill.Options{})
	for _, thing := range []string{"NAT gateway data", "S3 storage"} {
		assert.Equal(t, "", rowOf(t, after, thing).Cause(), thing)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte(cur))
	f.Add([]byte("ChargeCategory,EffectiveCost,ServiceName,Tags\nUsage,1,EC2,\"{\"\"a\"\":\"\"b\"\"}\"\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := bill.ReadCSV(bytes.NewReader(raw), bill.Filter{})
		if err == nil {
			bill.Compare(s, stack(), cost.Estimate{}, bill.Options{})
		}
	})
}

func FuzzReadParquet(f *testing.F) {
	path := filepath.Join(f.TempDir(), "bill.parquet")
	if err := parquet.WriteFile(path, []focusRow{{ChargeCategory: "Usage"}}); err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(_ *testing.T, raw []byte) {
		_, _ = bill.ReadParquet(bytes.NewReader(raw), int64(len(raw)), bill.Filter{})
	})
}
