#include "profile.h"

#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

#include "failure.h"
#include "json.h"

namespace quantwright::agent {

namespace {

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class Totals {
public:
    void add(NodeTime node, const std::string& index) {
        const auto [found, fresh] = m_positions.try_emplace(node.node + '\n' + index, m_nodes.size());
        const double us = std::exchange(node.us, 0);
        if (fresh)
            m_nodes.push_back({std::move(node), 0});
        m_nodes[found->second].this_run += us;
    }

    void end_of_run() {
        for (Entry& entry : m_nodes) {
            if (m_runs == 1)
                entry.node.us = 0;
            entry.node.us += std::exchange(entry.this_run, 0);
        }
        ++m_runs;
    }

    std::vector<NodeTime> means() const {
        const std::int64_t counted = m_runs > 1 ? m_runs - 1 : m_runs;
        std::vector<NodeTime> nodes;
        for (const Entry& entry : m_nodes) {
            nodes.push_back(entry.node);
            nodes.back().us /= static_cast<double>(counted);
            nodes.back().runs = counted;
        }
        return nodes;
    }

    std::int64_t runs() const { return m_runs; }

private:
    struct Entry {
        NodeTime node;
        double this_run;
    };
    std::vector<Entry> m_nodes;  // in the order in which they first ran
    std::map<std::string, std::size_t> m_positions;
    std::int64_t m_runs = 0;
};

void take(const Json& event, Totals& totals) {
    constexpr std::string_view ending = "_kernel_time";
    std::string name = text_of(event, "name");
    const std::string category = text_of(event, "cat");
    if (category == "Session" && name == "model_run")
        totals.end_of_run();
    const auto duration = event.find("dur"), details = event.find("args");
    if (category != "Node" || !name.ends_with(ending) || duration == event.end() || !duration->is_number() ||
        details == event.end() || !details->is_object())
        return;
    name.resize(name.size() - ending.size());
    totals.add(
        {name, text_of(*details, "op_name"), text_of(*details, "provider"), duration->get<double>(), 0},
        text_of(*details, "node_index"));
}

}  // namespace

std::vector<NodeTime> read_profile(std::FILE* file) {
    Totals totals;
    char* line = nullptr;
    std::size_t room = 0;
    std::rewind(file);
    for (ssize_t length = 0; (length = getline(&line, &room, file)) > 0;) {
        std::string_view text(line, static_cast<std::size_t>(length));
        while (!text.empty() && (text.back() == '\n' || text.back() == ','))
            text.remove_suffix(1);
        // The runtime does not escape quotes in the names of nodes: such a line is no JSON, and only it is
        // lost.
        const Json event = Json::parse(text, nullptr, false);
        if (event.is_object())
            take(event, totals);
    }
    std::free(line);
    if (totals.runs() == 0)
        throw Failure{"board.bad_answer", "", "the profile has no run of the model"};
    return totals.means();
}

}  // namespace quantwright::agent
