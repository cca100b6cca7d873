#include "core/verify/check_request.h"

#include <cstring>

#include "core/base/atomic_file.h"
#include "core/base/json.h"

namespace quantwright {

Optimizations optimizations_of(std::string_view name) {
    return name == "off" ? Optimizations::off : Optimizations::standard;
}

Status write_request(const CheckRequest& request, const std::filesystem::path& folder) {
    Json json = {{"file", std::filesystem::absolute(request.file).string()}, {"threads", request.threads}};
    for (const Optimizations run : request.runs)
        json["runs"].push_back(name_of(run));
    json["inputs"] = Json::array();
    std::string data;
    for (const NamedTensor& input : request.inputs) {
        json["inputs"].push_back({{"name", input.name},
                                  {"type", static_cast<int>(input.value.type)},
                                  {"shape", input.value.shape},
                                  {"bytes", input.value.bytes.size()}});
        data.append(reinterpret_cast<const char*>(input.value.bytes.data()), input.value.bytes.size());
    }
    if (auto written = write_file(folder / "inputs.bin", data); !written)
        return written;
    return write_file(folder / "request.json", json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<CheckRequest> read_request(const std::filesystem::path& folder) {
    const auto text = read_file(folder / "request.json", ErrorCode::output_not_checked);
    if (!text)
        return fail(text);
    const auto data = read_file(folder / "inputs.bin", ErrorCode::output_not_checked);
    if (!data)
        return fail(data);
    const auto json = parse_json(*text, ErrorCode::output_not_checked, folder.string());
    if (!json)
        return fail(json);
    CheckRequest request;
    request.file = json->at("file").get<std::string>();
    request.threads = json->at("threads").get<int>();
    for (const Json& run : json->at("runs"))
        request.runs.push_back(optimizations_of(run.get<std::string>()));
    std::size_t at = 0;
    for (const Json& input : json->at("inputs")) {
        const auto count = input.at("bytes").get<std::size_t>();
        if (count > data->size() - at)
            return fail(ErrorCode::output_not_checked, folder.string(), "inputs.bin is too short");
        std::vector<std::byte> bytes(count);
        if (count > 0)
            std::memcpy(bytes.data(), data->data() + at, count);
        at += count;
        request.inputs.push_back({input.at("name").get<std::string>(),
                                  make_tensor(static_cast<ElementType>(input.at("type").get<int>()),
                                              input.at("shape").get<Shape>(), std::move(bytes))});
    }
    return request;
}

}  // namespace quantwright
