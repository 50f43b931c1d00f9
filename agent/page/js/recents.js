/** Recent listings and a new one. */

import { Problem } from "./api.js";
import { told } from "./problems.js";

export function threadActs(view) {
  const { desk, api } = view;
  const opened = (thread) => {
    const opening = view.open(thread);
    view.tell("vouch-thread", { thread });
    return opening.catch(view.raise);
  };
  return {
    fresh() {
      opened("");
      view.focus("#photos-choose");
    },
    open(thread) {
      opened(thread);
      view.focus("#edit-title");
    },
    async recent() {
      const panel = view.root.querySelector("#recents");
      if (panel.matches(":popover-open")) return panel.hidePopover();
      panel.showPopover();
      panel.focus();
      view.set({ recentOpen: true });
      try {
        const found = await api.threads();
        desk.set({ threads: Array.isArray(found) ? found : (found.threads ?? []) });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        panel.hidePopover();
        desk.set({ problem: told(error, { again: () => view.act.recent() }) });
      }
    },
    recentClosed() {
      if (view.ui.recentOpen) view.set({ recentOpen: false });
    },
    async forget(thread) {
      try {
        await api.forget(thread);
        const rest = (desk.state.threads ?? []).filter((each) => each.thread_id !== thread);
        desk.set({ threads: rest });
        if (thread === desk.state.thread) opened("");
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        desk.set({ problem: told(error, null) });
      }
    },
  };
}
