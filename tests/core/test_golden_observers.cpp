// Observers against PyTorch's and ONNX Runtime's own results (tests/golden), image by image through the
// classes that calibration streams through.
#include <QtTest>
#include <array>
#include <cmath>
#include <fstream>
#include <random>
#include <sstream>

#include "core/calibrate/tensor_sums.h"
#include "core/calibrate/threshold_parts.h"
#include "tests/support/recipe.h"

using namespace quantwright;
using quantwright::testing::data_of;
using quantwright::testing::RecipeData;

class TestGoldenObservers : public QObject {
    Q_OBJECT

    Json m_torch, m_onnxruntime;

    static Json golden(const char* name) {
        std::ifstream file(std::string(QUANTWRIGHT_TEST_DATA_DIR "/../../golden/") + name);
        std::stringstream text;
        text << file.rdbuf();
        const auto json = parse_json(text.str(), ErrorCode::runtime_failed, name);
        return json ? *json : Json();
    }

    static TensorStatistics observed(const RecipeData& data) {
        Observation observation(data.shape);
        TensorSums sums(observation);
        for (const auto& image : data.images)
            sums.add(observation.observe(image, data.shape), "image");
        TensorStatistics tensor = sums.result("tensor");
        tensor.histogram = observation.take_histogram();
        return tensor;
    }

    static Scheme scheme_of(const Json& golden_case) {
        Scheme scheme;
        scheme.format = find_format(golden_case["format"].get<std::string>());
        scheme.symmetric = golden_case["symmetric"].get<bool>();
        scheme.codes = golden_case["reduced"].get<bool>() ? CodeRange::reduced : CodeRange::full;
        scheme.divisor = Divisor::half_span;
        scheme.scale_floor = std::ldexp(1.0f, -23);
        return scheme;
    }

    /// PyTorch gives symmetric quint8 the zero point 128 with reduce_range too, where the codes end at 127:
    /// every positive value would be clipped (its simpler observers refuse the combination). Ours is 64.
    static bool is_torch_zero_point_outside(const Scheme& scheme) {
        return scheme.symmetric && scheme.format == &format_uint8() && scheme.codes == CodeRange::reduced;
    }

    static void compare(const std::vector<Range>& ranges, const Scheme& scheme, const Json& golden_case,
                        double tolerance = 1e-6) {
        const Parameters found = parameters_from(ranges, ranges.size() == 1 ? -1 : 1, scheme);
        QCOMPARE(found.scale.size(), golden_case["scale"].size());
        for (std::size_t i = 0; i < found.scale.size(); ++i) {
            const double scale = golden_case["scale"][i].get<double>();
            // A channel of zeros: PyTorch takes its smallest scale, we 1; zero is exact with both.
            if (ranges[i].min != ranges[i].max)
                QVERIFY2(std::fabs(found.scale[i] / scale - 1) <= tolerance,
                         qPrintable(QString("%1: %2, %3")
                                        .arg(golden_case.dump().c_str())
                                        .arg(i)
                                        .arg(static_cast<double>(found.scale[i]), 0, 'g', 9)));
            const int zero_point = golden_case["zero_point"][i].get<int>();
            if (is_torch_zero_point_outside(scheme)) {
                QCOMPARE(zero_point, 128);
                QCOMPARE(found.zero_point[i], 64);
            } else {
                QVERIFY2(found.zero_point[i] == zero_point, qPrintable(QString("%1: %2, %3")
                                                                           .arg(golden_case.dump().c_str())
                                                                           .arg(i)
                                                                           .arg(found.zero_point[i])));
            }
        }
    }

    void rows(const Json& list) {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < list.size(); ++i)
            QTest::newRow(list[i]["name"].get<std::string>().c_str()) << static_cast<int>(i);
    }
    static const Json& row(const Json& list) {
        QFETCH(int, index);
        return list[static_cast<std::size_t>(index)];
    }

    /// What PyTorch's bins would be without its approximations.
    static EqualBins counted(const RecipeData& data, Range range) {
        EqualBins bins{range.min, range.max, std::vector<float>(k_equal_bins)};
        for (const auto& image : data.images)
            for (const float x : image) {
                const double position =
                    (static_cast<double>(x) - range.min) / (static_cast<double>(range.max) - range.min);
                ++bins.counts[static_cast<std::size_t>(
                    std::min(static_cast<int>(position * k_equal_bins), k_equal_bins - 1))];
            }
        return bins;
    }

    static bool near(Range found, Range expected, double tolerance) {
        const bool result = std::fabs(static_cast<double>(found.min) - expected.min) <= tolerance &&
                            std::fabs(static_cast<double>(found.max) - expected.max) <= tolerance;
        if (!result)
            qInfo("[%.9g, %.9g] for [%.9g, %.9g], allowed %g", static_cast<double>(found.min),
                  static_cast<double>(found.max), static_cast<double>(expected.min),
                  static_cast<double>(expected.max), tolerance);
        return result;
    }
    static Range range_of(const Json& json) { return {json[0].get<float>(), json[1].get<float>()}; }

private slots:
    void initTestCase() {
        m_torch = golden("observers.json");
        m_onnxruntime = golden("calibrators.json");
        QVERIFY(m_torch["torch"].get<std::string>().starts_with("1.13"));
        QCOMPARE(m_torch["simple"].size(), std::size_t(8));
        QCOMPARE(m_torch["search"].size(), std::size_t(14));
        QCOMPARE(m_onnxruntime["data"].size(), std::size_t(5));
    }

    void min_max_observers_data() { rows(m_torch["simple"]); }
    void min_max_observers() {
        const Json& set = row(m_torch["simple"]);
        const TensorStatistics tensor = observed(data_of(set["recipe"]));
        QCOMPARE(tensor.channel_axis, 1);
        int compared = 0;
        for (const Json& golden_case : set["cases"]) {
            const auto observer = golden_case["observer"].get<std::string>();
            const auto method =
                observer.starts_with("Moving") ? ThresholdMethod::moving_average : ThresholdMethod::minmax;
            const Scheme scheme = scheme_of(golden_case);
            const bool per_channel = observer.find("PerChannel") != std::string::npos;
            const auto ranges = per_channel ? find_channel_thresholds(tensor, method)
                                            : std::vector{find_threshold(tensor, method, 0, scheme)};
            compare(ranges, scheme, golden_case);
            if (QTest::currentTestFailed())
                return;
            ++compared;
        }
        QCOMPARE(compared, 28);  // 4 observers, 8 schemes less the one that PyTorch refuses
    }

    /// The search alone, on the bins that PyTorch's observer arrived at.
    void histogram_search_data() { rows(m_torch["search"]); }
    void histogram_search() {
        const Json& set = row(m_torch["search"]);
        const EqualBins bins{set["min"].get<float>(), set["max"].get<float>(),
                             set["counts"].get<std::vector<float>>()};
        const Range found = least_squares_search(bins, 256);
        QVERIFY(near(found, range_of(set["found"]), 1e-6 * (static_cast<double>(bins.max) - bins.min)));
        for (const Json& golden_case : set["cases"])
            compare({found}, scheme_of(golden_case), golden_case);
    }

    /// The whole way, where the data make PyTorch's bins exact and ours divide them.
    void histogram_observer_data() { rows(m_torch["aligned"]); }
    void histogram_observer() {
        const Json& set = row(m_torch["aligned"]);
        const RecipeData data = data_of(set["recipe"]);
        const TensorStatistics tensor = observed(data);
        const EqualBins exact = counted(data, tensor.range);
        const auto ours = rebin(masses(tensor.histogram, tensor.range), tensor.range.min, tensor.range.max);
        for (std::size_t i = 0; i < ours.size(); ++i)
            QCOMPARE(ours[i], static_cast<double>(exact.counts[i]));
        for (const Json& golden_case : set["cases"]) {
            const Scheme scheme = scheme_of(golden_case);
            const Range found = find_threshold(tensor, ThresholdMethod::histogram, 0, scheme);
            QVERIFY(near(found, range_of(set["found"]), 1e-6));
            compare({found}, scheme, golden_case);
        }
    }

    /// Where bins can't be the same: the difference of each end.
    void histogram_observer_of_any_tensor_data() { rows(m_torch["general"]); }
    void histogram_observer_of_any_tensor() {
        const Json& set = row(m_torch["general"]);
        const TensorStatistics tensor = observed(data_of(set["recipe"]));
        const double bin = (static_cast<double>(tensor.range.max) - tensor.range.min) / k_equal_bins;
        for (const Json& golden_case : set["cases"]) {
            const Range found = find_threshold(tensor, ThresholdMethod::histogram, 0, scheme_of(golden_case));
            QVERIFY(near(found, range_of(set["found"]), 1.01 * bin));
        }
    }
    void histogram_bins_differ_by_little_data() { rows(m_torch["simple"]); }
    void histogram_bins_differ_by_little() {
        const RecipeData data = data_of(row(m_torch["simple"])["recipe"]);
        const TensorStatistics tensor = observed(data);
        const EqualBins exact = counted(data, tensor.range);
        const auto ours = rebin(masses(tensor.histogram, tensor.range), tensor.range.min, tensor.range.max);
        // Sums up to an edge differ by what lies in our bin around it, which is no wider than one of theirs
        // if the range contains zero.
        const double theirs = (static_cast<double>(tensor.range.max) - tensor.range.min) / k_equal_bins;
        const double width = tensor.histogram.width();
        if (tensor.range.min <= 0 && tensor.range.max >= 0)
            QVERIFY(width <= theirs);
        const auto reach = static_cast<std::ptrdiff_t>(std::ceil(width / theirs));
        double sum = 0, exact_sum = 0;
        for (std::ptrdiff_t i = 0; i < k_equal_bins; ++i) {
            double around = 0;
            for (std::ptrdiff_t j = i - reach; j <= i + reach; ++j)
                around += j >= 0 && j < k_equal_bins ? exact.counts[static_cast<std::size_t>(j)] : 0;
            sum += ours[static_cast<std::size_t>(i)];
            exact_sum += exact.counts[static_cast<std::size_t>(i)];
            QVERIFY(std::fabs(sum - exact_sum) <= around + 1e-6);
        }
        if (width <= theirs)
            QVERIFY(near(find_threshold(tensor, ThresholdMethod::histogram, 0, Scheme{&format_int8()}),
                         least_squares_search(exact, 256), 1.01 * theirs));
    }

    /// What threshold.h says of data in general. The search goes on until the error grows for the first time,
    /// so now and then a count more or less in one bin makes it stop at another place.
    void histogram_search_of_random_tensors() {
        std::mt19937 random(1);
        std::normal_distribution<float> normal;
        std::exponential_distribution<float> exponential;
        std::uniform_real_distribution<float> uniform;
        constexpr int sets = 600;
        int same = 0, within_a_bin = 0;
        for (int set = 0; set < sets; ++set) {
            const float spread = std::exp2(4 * uniform(random) - 2), offset = 0.3f * normal(random);
            RecipeData data;
            std::vector<float>& x = data.images.emplace_back(
                static_cast<std::size_t>(100 * std::pow(10.0f, 3 * uniform(random))));
            for (float& v : x) {
                const float z = normal(random), e = exponential(random), u = uniform(random);
                const std::array shapes = {z + offset,
                                           std::max(0.0f, z + offset),
                                           e - 0.3f,
                                           u < 0.5f ? e : -e,
                                           std::clamp(4 * z, 0.0f, 6.0f),
                                           2 * z / (1 + std::exp(-2 * z)),
                                           u < 0.001f ? 8 * z : z};
                v = spread * shapes[static_cast<std::size_t>(set) % shapes.size()];
            }
            data.shape = {1, 1, 1, static_cast<std::int64_t>(x.size())};
            const TensorStatistics tensor = observed(data);
            const Scheme scheme{&format_int8()};
            const Range ours = find_threshold(tensor, ThresholdMethod::histogram, 0, scheme);
            const Range exact = least_squares_search(counted(data, tensor.range), 256);
            const double bin = (static_cast<double>(tensor.range.max) - tensor.range.min) / k_equal_bins;
            const double difference = std::max(std::fabs(static_cast<double>(ours.min) - exact.min),
                                               std::fabs(static_cast<double>(ours.max) - exact.max));
            same += difference <= 0.001 * bin ? 1 : 0;
            within_a_bin += difference <= 1.01 * bin ? 1 : 0;
            const double worth = expected_squared_error(tensor.histogram, ours, scheme) /
                                 expected_squared_error(tensor.histogram, exact, scheme);
            QVERIFY2(worth <= 1.08, qPrintable(QString::number(worth)));
        }
        qInfo("the same %d, within a bin %d of %d", same, within_a_bin, sets);
        QVERIFY(same >= sets * 90 / 100);
        QVERIFY(within_a_bin >= sets * 96 / 100);
    }

    void onnxruntime_calibrators_data() { rows(m_onnxruntime["data"]); }
    void onnxruntime_calibrators() {
        const Json& set = row(m_onnxruntime["data"]);
        const TensorStatistics tensor = observed(data_of(set["recipe"]));
        const double limit = std::max(-tensor.range.min, tensor.range.max);
        const Scheme asymmetric{&format_int8()}, symmetric{&format_int8(), true};
        QCOMPARE(find_threshold(tensor, ThresholdMethod::minmax, 0, asymmetric),
                 range_of(set["ranges"]["minmax"]));
        // Theirs is the lower edge of the bin in which the percentile is reached, ours the upper one: a
        // bin of theirs and one of ours, each less than 1 / 1000 of the largest value.
        const auto percentile = m_onnxruntime["percentile"].get<double>();
        QVERIFY(near(find_threshold(tensor, ThresholdMethod::percentile, percentile, asymmetric),
                     range_of(set["ranges"]["percentile"]), 0.002 * limit));
        const Range ours = find_threshold(tensor, ThresholdMethod::percentile, percentile, symmetric);
        const Range theirs = range_of(set["ranges"]["percentile symmetric"]);
        QVERIFY(near(ours, theirs, 0.002 * limit));
        // The same idea, but theirs rounds each level's share down to whole counts, gives the bins that its
        // levels don't divide to no level, and counts zeros. Near its least the divergence is flat, so a
        // quarter is what can be asked; nothing where many values are equal: zeros make theirs cut a Relu's
        // range in half, and values clipped at both ends decide alone.
        const Range kl = find_threshold(tensor, ThresholdMethod::kl, 0, symmetric);
        const Range entropy = range_of(set["ranges"]["entropy"]);
        const auto name = set["name"].get<std::string>();
        if (name == "relu")
            QVERIFY(kl.max > 1.5f * entropy.max);
        else if (name != "cut")
            QVERIFY(near(kl, entropy, 0.25 * std::max(-entropy.min, entropy.max)));
    }
};

QTEST_GUILESS_MAIN(TestGoldenObservers)
#include "test_golden_observers.moc"
