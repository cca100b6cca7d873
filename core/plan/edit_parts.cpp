#include "core/plan/edit_parts.h"

#include <algorithm>
#include <set>

#include "core/plan/graph_parts.h"
#include "core/plan/resolve_parts.h"

namespace quantwright {

namespace {

class PartsEdit {
public:
    PartsEdit(const Prepared& prepared, const Plan& plan, const std::vector<int>& layers, Field field,
              const std::optional<std::string>& value, const std::function<bool(int)>& concerned)
        : m_prepared(prepared),
          m_plan(plan),
          m_layers(layers),
          m_field(field),
          m_value(value),
          m_concerned(concerned) {}

    Edit run() {
        std::set<int> done;
        for (const int layer : m_layers) {
            const int group = m_prepared.group_of_layer[static_cast<std::size_t>(layer)];
            if (done.insert(group).second)
                edit(m_prepared.groups[static_cast<std::size_t>(group)]);
        }
        return std::move(m_edit);
    }

private:
    [[nodiscard]] const std::string& name(int layer) const {
        return m_prepared.layers[static_cast<std::size_t>(layer)].name;
    }
    [[nodiscard]] bool meant(int layer) const {
        return std::find(m_layers.begin(), m_layers.end(), layer) != m_layers.end();
    }
    [[nodiscard]] bool says_itself(int layer) const {
        const auto found = m_plan.layers.find(name(layer));
        return found != m_plan.layers.end() && found->second[m_field];
    }
    void assign(int layer, const std::optional<std::string>& value) {
        m_edit.assignments.push_back({Assignment::Scope::layer, name(layer), m_field, value});
    }

    void edit(const LayerGroup& group) {
        const bool whole = std::all_of(group.layers.begin(), group.layers.end(),
                                       [&](int part) { return meant(part) || !m_concerned(part); });
        if (whole) {
            assign(group.lead, m_value);
            for (const int part : group.layers)
                if (part != group.lead && says_itself(part))
                    assign(part, std::nullopt);
            return;
        }
        for (const int part : group.layers)
            if (meant(part))
                assign(part, m_value);
        for (const int part : group.layers)
            if (!meant(part) && meant(group.lead) && !says_itself(part) && m_concerned(part))
                keep(part);
    }

    /// The lead speaks for the part too, which is not meant.
    void keep(int part) {
        const auto target = find_target(m_plan.target);
        const auto preset = presets().find(m_plan.preset);
        if (!target || preset == presets().end())
            return;
        std::vector<std::string> unknown;
        const auto behind = m_plan.truncate.empty() ? std::vector<int>()
                                                    : layers_behind(m_prepared, m_plan.truncate, unknown);
        const bool is_behind = std::find(behind.begin(), behind.end(), part) != behind.end();
        assign(part, choices_for(m_prepared, part, m_plan, **target, preset->second,
                                 is_behind)[static_cast<std::size_t>(m_field)]
                         .value);
    }

    const Prepared& m_prepared;
    const Plan& m_plan;
    const std::vector<int>& m_layers;
    Field m_field;
    const std::optional<std::string>& m_value;
    const std::function<bool(int)>& m_concerned;
    Edit m_edit;
};

}  // namespace

Edit edit_parts(const Prepared& prepared, const Plan& plan, const std::vector<int>& layers, Field field,
                const std::optional<std::string>& value, const std::function<bool(int)>& concerned) {
    return PartsEdit(prepared, plan, layers, field, value, concerned).run();
}

}  // namespace quantwright
