"""Client of SMQ (MNS), the message queues of IoT Platform's notifications. Source: push.md."""
