#include "core/task/judge_command.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "core/base/atomic_file.h"
#include "core/base/child_process.h"
#include "core/number/convert.h"

namespace quantwright {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t most_printed = std::size_t{1} << 20;

/// numpy.lib.format, version 1.0. Types that NumPy does not have become float32.
std::string npy_of(const Tensor& tensor) {
    const char* type = nullptr;
    switch (tensor.type) {
        case ElementType::float32:
            type = "<f4";
            break;
        case ElementType::float64:
            type = "<f8";
            break;
        case ElementType::float16:
            type = "<f2";
            break;
        case ElementType::int64:
            type = "<i8";
            break;
        case ElementType::int32:
            type = "<i4";
            break;
        case ElementType::uint8:
            type = "|u1";
            break;
        case ElementType::int8:
            type = "|i1";
            break;
        case ElementType::boolean:
            type = "|b1";
            break;
        default:
            return npy_of(convert(tensor, ElementType::float32));
    }
    std::string header = std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': (";
    for (const std::int64_t size : tensor.shape)
        header += std::to_string(size) + ",";
    header += "), }";
    header.append(63 - (10 + header.size()) % 64, ' ');
    header += '\n';
    std::string file("\x93NUMPY\x01\x00", 8);
    file += static_cast<char>(header.size() & 0xff);
    file += static_cast<char>(header.size() >> 8);
    file += header;
    file.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    return file;
}

std::string file_name_of(std::string name) {
    std::replace_if(
        name.begin(), name.end(),
        [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-'; }, '_');
    return name;
}

std::string last_line(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

Result<CommandFigures> figures_in(const std::string& printed, const std::string& command) {
    const auto wrong = [&](const std::string& detail) {
        return fail(ErrorCode::judge_failed, command, detail);
    };
    const Json json = Json::parse(printed, nullptr, false);
    if (!json.is_object())
        return wrong("it printed no JSON object: " + printed.substr(0, 200));
    CommandFigures result;
    for (const auto& [name, value] : json.items()) {
        if (name == "lower_is_better") {
            if (!value.is_array() ||
                !std::all_of(value.begin(), value.end(), [](const Json& one) { return one.is_string(); }))
                return wrong("lower_is_better is no list of names");
            result.lower_is_better = value.get<std::vector<std::string>>();
        } else if (!value.is_number()) {
            return wrong(name + " is no number");
        } else {
            result.figures.push_back({name, value.get<double>()});
        }
    }
    if (result.figures.empty())
        return wrong("there is no figure in what it printed");
    return result;
}

}  // namespace

Result<std::unique_ptr<CommandJudge>> CommandJudge::create(std::string command,
                                                           std::vector<std::string> outputs) {
    std::unique_ptr<CommandJudge> judge(new CommandJudge);
    judge->m_command = std::move(command);
    judge->m_outputs = std::move(outputs);
    std::error_code error;
    std::string place = (fs::temp_directory_path(error) / "quantwright-judge-XXXXXX").string();
    if (::mkdtemp(place.data()) == nullptr)
        return fail(ErrorCode::output_unwritable, place);
    judge->m_folder = place;
    fs::create_directory(judge->m_folder / "outputs", error);
    return judge;
}

CommandJudge::~CommandJudge() {
    std::error_code error;
    if (!m_folder.empty())
        fs::remove_all(m_folder, error);
}

Status CommandJudge::add(std::int64_t sample, const fs::path& image, const std::vector<Tensor>& outputs) {
    std::error_code error;
    m_images += std::to_string(sample) + "\t" + fs::absolute(image, error).string() + "\n";
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (!is_numeric(outputs[i].type))
            continue;
        std::string name = std::to_string(sample);
        if (outputs.size() > 1)
            name += "." + file_name_of(i < m_outputs.size() ? m_outputs[i] : std::to_string(i));
        if (auto written = write_file(m_folder / "outputs" / (name + ".npy"), npy_of(outputs[i])); !written)
            return written;
    }
    return {};
}

Result<CommandFigures> CommandJudge::run(std::chrono::seconds limit, const JobContext& job) {
    if (auto written = write_file(m_folder / "images.txt", m_images); !written)
        return fail(written);
    std::string printed;
    const auto end = run_process(
        "/bin/sh", {"-c", m_command + " \"$1\"", "sh", m_folder.string()}, limit,
        [&](std::string_view line) {
            if (printed.size() < most_printed)
                printed.append(line).append("\n");
        },
        job);
    if (!end && end.error().code == ErrorCode::cancelled)
        return fail(end);
    const auto wrong = [&](std::string detail, const std::string& said) {
        if (!said.empty())
            detail += ": " + said;
        return fail(ErrorCode::judge_failed, m_command, detail);
    };
    if (!end)
        return wrong("it can't be started", end.error().detail);
    const std::string said = last_line(end->errors);
    if (end->timed_out)
        return wrong("no end after " + std::to_string(limit.count()) + " s", said);
    if (end->signal != 0)
        return wrong("it crashed (signal " + std::to_string(end->signal) + ")", said);
    if (end->exit_code > 128)  // the shell says so of what it ran
        return wrong("it crashed (signal " + std::to_string(end->exit_code - 128) + ")", said);
    if (end->exit_code != 0)
        return wrong("it ended with " + std::to_string(end->exit_code), said);
    if (last_line(printed).empty())
        return wrong("it printed nothing", said);
    return figures_in(printed, m_command);
}

}  // namespace quantwright
