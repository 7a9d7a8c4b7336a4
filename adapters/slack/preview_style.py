"""Slack's look, as near as a page without its fonts comes."""

STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;padding:12px 16px;background:#fff;color:#1d1c1d;font:15px/1.46668 Lato,"Slack-Lato",system-ui,"Segoe UI",
Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
.message{display:flex;gap:8px;max-width:720px}
.face{flex:none;width:36px;height:36px;border-radius:6px;background:#1f3a5f;color:#fff;font-weight:800;display:grid;
place-items:center}
.body{flex:1;min-width:0}
.app{background:#e8e8e8;color:#616061;font-size:10px;font-weight:700;padding:1px 4px;border-radius:2px;
vertical-align:1px}
.who time,.quiet{color:#616061;font-size:13px}
h2{font-size:18px;line-height:1.33;margin:8px 0 4px;font-weight:800}
p{margin:4px 0 8px;white-space:normal}
.rich{margin:4px 0 8px}
.line{white-space:normal}
.rich ul,.rich ol{margin:4px 0;padding-left:26px}
.rich li{margin:0 0 4px}
pre{margin:6px 0;padding:8px;border:1px solid #ddd;border-radius:4px;background:#f8f8f8;white-space:pre-wrap;
font:12px/1.5 Monaco,Menlo,Consolas,monospace}
code{font:12px/1.5 Monaco,Menlo,Consolas,monospace;color:#c01343;background:#f6f6f6;border:1px solid #ddd;
border-radius:3px;padding:1px 3px}
pre code{border:0;background:none;color:inherit}
a{color:#1264a3;text-decoration:none}a:hover{text-decoration:underline}
.context{color:#616061;font-size:13px;line-height:1.38;margin:4px 0 8px}
.context span+span::before{content:"  "}
hr{border:0;border-top:1px solid #ddd;margin:12px 0}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.section{display:flex;gap:16px;justify-content:space-between;align-items:flex-start}
.button,.select{display:inline-block;border:1px solid #bbbabb;border-radius:4px;padding:4px 12px;font-size:13px;
font-weight:700;background:#fff;white-space:nowrap}
.button.primary{background:#007a5a;border-color:#007a5a;color:#fff}
.button.danger{color:#e01e5a;border-color:#e01e5a}
.select{font-weight:400;min-width:180px}.select::after,.choice::after{content:"⌄";float:right;margin-left:16px;color:#616061}
.mention{background:#f2c74433;color:#1264a3;border-radius:3px;padding:0 2px}
.modal{max-width:520px;margin:0 auto;border:1px solid #ddd;border-radius:8px;box-shadow:0 4px 16px #0002;
padding:0 24px 16px}
.modal h1{font-size:22px;margin:16px 0}
.modal footer{text-align:right;padding-top:16px;border-top:1px solid #eee;margin-top:16px}
.input{margin:0 0 20px}
.field{border:1px solid #868686;border-radius:4px;padding:8px 12px;margin-top:6px;min-height:40px}
.field.lines{min-height:96px}
.choice{color:#616061}
.box{margin-top:6px}
.home{max-width:760px}
"""
