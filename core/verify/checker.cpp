#include "core/verify/checker.h"

#include <sys/prctl.h>

#include <Eigen/Core>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>

#include "core/base/json.h"
#include "core/verify/check_request.h"

namespace quantwright {

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

template <class To>
Tensor converted(const Tensor& from) {
    const auto values = from.floats();
    std::vector<std::byte> bytes(values.size() * sizeof(To));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const To value(values[i]);
        std::memcpy(bytes.data() + i * sizeof(To), &value, sizeof value);
    }
    return make_tensor(ElementType::undefined, from.shape, std::move(bytes));
}

/// A float32 sample as the float type that the file's input has.
Tensor fitting(const Tensor& value, ElementType type) {
    if (value.type != ElementType::float32 || type == value.type)
        return value;
    Tensor result = value;
    if (type == ElementType::float16)
        result = converted<Eigen::half>(value);
    else if (type == ElementType::bfloat16)
        result = converted<Eigen::bfloat16>(value);
    else if (type == ElementType::float64)
        result = converted<double>(value);
    else
        return value;
    result.type = type;
    return result;
}

template <class T>
bool all_finite(const Tensor& tensor) {
    for (const T value : tensor.as<T>())
        if (!std::isfinite(static_cast<float>(value)))
            return false;
    return true;
}

bool is_finite(const Tensor& tensor) {
    switch (tensor.type) {
        case ElementType::float32:
            return all_finite<float>(tensor);
        case ElementType::float64:
            return all_finite<double>(tensor);
        case ElementType::float16:
            return all_finite<Eigen::half>(tensor);
        case ElementType::bfloat16:
            return all_finite<Eigen::bfloat16>(tensor);
        default:
            return true;
    }
}

/// Of this process since it began.
std::int64_t peak_memory_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (std::int64_t kilobytes = 0; word == "VmHWM:" && status >> kilobytes)
            return kilobytes * 1024;
    return 0;
}

class Checker {
public:
    Checker(const CheckRequest& request, std::ostream& out) : m_request(request), m_out(out) {}

    void run(Optimizations optimizations) {
        const std::string name(name_of(optimizations));
        say({{"run", name}});
        SessionOptions options;
        options.threads = m_request.threads;
        options.optimizations = optimizations;
        auto begin = Clock::now();
        const auto session = Session::open(m_request.file, options);
        if (!session)
            return failed(name, session.error());
        say({{"run", name}, {"loaded", since(begin)}});
        std::vector<Tensor> inputs;
        for (std::size_t i = 0; i < (*session)->input_names().size(); ++i) {
            const std::string& input = (*session)->input_names()[i];
            const auto found = std::find_if(m_request.inputs.begin(), m_request.inputs.end(),
                                            [&](const NamedTensor& one) { return one.name == input; });
            if (found == m_request.inputs.end())
                return failed(name,
                              {ErrorCode::runtime_failed, {}, "there is no value for its input " + input});
            inputs.push_back(fitting(found->value, (*session)->input_types()[i]));
        }
        begin = Clock::now();
        const auto outputs = (*session)->run(inputs);
        if (!outputs)
            return failed(name, outputs.error());
        Json told = Json::array();
        for (std::size_t i = 0; i < outputs->size(); ++i) {
            const Tensor& output = (*outputs)[i];
            told.push_back({{"name", (*session)->output_names()[i]},
                            {"type", static_cast<int>(output.type)},
                            {"shape", output.shape},
                            {"finite", is_finite(output)}});
        }
        say({{"run", name},
             {"ran", since(begin)},
             {"outputs", std::move(told)},
             {"peak_memory_bytes", peak_memory_bytes()}});
    }

private:
    void failed(const std::string& name, const Error& error) {
        say({{"run", name}, {"failure", error.detail.empty() ? error.subject : error.detail}});
    }
    void say(const Json& json) {
        m_out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
    }

    const CheckRequest& m_request;
    std::ostream& m_out;
};

}  // namespace

int run_checker(const std::filesystem::path& folder, std::ostream& out) {
    // It ends with who asked, and is the first to go where memory runs out.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::ofstream("/proc/self/oom_score_adj") << 1000;
    try {
        const auto request = read_request(folder);
        if (!request)
            return 2;
        Checker checker(*request, out);
        for (const Optimizations run : request->runs)
            checker.run(run);
        return 0;
    } catch (const std::exception& e) {
        out << Json{{"failure", e.what()}}.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
        return 1;
    }
}

}  // namespace quantwright
