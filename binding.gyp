# node-gyp hands over to the build of CMakeLists.txt. This file is not packed, or npm would compile on install.
{
  "targets": [
    {
      "target_name": "tstorch",
      "type": "none",
      "actions": [
        {
          "action_name": "cmake-js",
          "inputs": ["CMakeLists.txt"],
          "outputs": ["<(PRODUCT_DIR)/tstorch.node"],
          "action": ["node", "scripts/build.js", "--out", "<(PRODUCT_DIR)"]
        }
      ]
    }
  ]
}
