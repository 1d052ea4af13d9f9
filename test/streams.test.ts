import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const onCpu = () => torch.Stream(0, 0, 0);

describe("torch.Stream", () => {
  test("of the CPU is always done, and has no events", () => {
    expect(String(torch.Stream("cpu"))).toBe("torch.Stream device_type=cpu, device_index=-1, stream_id=0");
    expect(String(onCpu().device)).toBe("cpu:0");
    expect(onCpu().query()).toBe(true);
    expect(onCpu().is_capturing()).toBe(false);
    expect(onCpu().synchronize()).toBeUndefined();
    expect(onCpu().wait_event(torch.Event("cpu"))).toBeUndefined();
    expect(() => onCpu().record_event()).toThrow("cpu backend doesn't support events.");
    expect(() => onCpu().wait_stream(onCpu())).toThrow("cpu backend doesn't support events.");
    expect(() => onCpu().native_handle).toThrow("Backend doesn't support getting stream native handle.");
  });

  test("is equal to another one of the same number and device", () => {
    expect(onCpu().equals(onCpu())).toBe(true);
    expect(onCpu().equals(torch.Stream(1, 0, 0))).toBe(false);
    expect(String(torch.Stream(1, 2, 3))).toBe("torch.Stream device_type=opengl, device_index=2, stream_id=1");
  });

  test("refuses wrong arguments with Python's texts", () => {
    expect(() => torch.Stream({ foo: 1 } as never)).toThrow("Stream() got an unexpected keyword argument 'foo'");
    expect(() => torch.Stream("cpu", 0 as never)).toThrow(
      "Stream() takes from 0 to 1 positional arguments but 2 were given",
    );
    expect(() => torch.Stream("cpu", { priority: "a" as never })).toThrow(
      "Stream(): argument 'priority' must be int, not str",
    );
  });
});

describe("torch.Event", () => {
  test("of the CPU is done, and cannot be recorded", () => {
    const event = torch.Event({ device: "cpu", enable_timing: true });
    expect(String(event)).toBe("torch.Event device_type=cpu, device_index=-1, event_flag=1, event_id=0");
    expect([event.query(), event.event_id, String(event.device)]).toEqual([true, 0, "cpu"]);
    expect(event.wait()).toBeUndefined();
    expect(event.synchronize()).toBeUndefined();
    expect(() => event.record()).toThrow("cpu backend doesn't support events.");
    expect(() => event.record(torch.Stream(0, 0, 1))).toThrow(
      "Event device type CPU does not match recording stream's device type CUDA.",
    );
    expect(() => event.elapsed_time(torch.Event({ device: "cpu", enable_timing: true }))).toThrow(
      "Both events must be recorded before calculating elapsed time.",
    );
    expect(() => event.elapsed_time(torch.Event("cpu"))).toThrow(
      "Both events must be created with argument 'enable_timing=True'.",
    );
    expect(() => event.elapsed_time(1 as never)).toThrow("expected other to be a torch.Event object");
    expect(() => event.ipc_handle()).toThrow("torch.Event ipc is not supported yet");
  });
});
