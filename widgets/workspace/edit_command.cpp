#include "widgets/workspace/edit_command.h"

#include "widgets/workspace/workspace.h"

namespace quantwright {

void EditCommand::undo() {
    m_workspace->applyToPlan(m_inverse);
}
void EditCommand::redo() {
    m_workspace->applyToPlan(m_forward);
}

}  // namespace quantwright
