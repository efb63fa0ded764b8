#pragma once
// Instructions on vector registers by mnemonic and shape: the instruction word with all registers 0. The
// letter at the end is the size of the lanes (b, h, s, d); 4s, 2d are vectors of floats, and s, d alone
// scalar ones.

#include <cstdint>

namespace lindvm::jit::a64::op {

using VecOp = uint32_t;

// clang-format off
inline constexpr VecOp
    // two operands
    add_b{0x4e208400}, add_h{0x4e608400}, add_s{0x4ea08400}, add_d{0x4ee08400}, sub_b{0x6e208400},
    sub_h{0x6e608400}, sub_s{0x6ea08400}, sub_d{0x6ee08400}, sqadd_b{0x4e200c00}, sqadd_h{0x4e600c00},
    uqadd_b{0x6e200c00}, uqadd_h{0x6e600c00}, sqsub_b{0x4e202c00}, sqsub_h{0x4e602c00}, uqsub_b{0x6e202c00},
    uqsub_h{0x6e602c00}, mul_h{0x4e609c00}, mul_s{0x4ea09c00}, smin_b{0x4e206c00}, smin_h{0x4e606c00},
    smin_s{0x4ea06c00}, umin_b{0x6e206c00}, umin_h{0x6e606c00}, umin_s{0x6ea06c00}, smax_b{0x4e206400},
    smax_h{0x4e606400}, smax_s{0x4ea06400}, umax_b{0x6e206400}, umax_h{0x6e606400}, umax_s{0x6ea06400},
    urhadd_b{0x6e201400}, urhadd_h{0x6e601400}, sqrdmulh_h{0x6e60b400}, cmeq_b{0x6e208c00},
    cmeq_h{0x6e608c00}, cmeq_s{0x6ea08c00}, cmeq_d{0x6ee08c00}, cmgt_b{0x4e203400}, cmgt_h{0x4e603400},
    cmgt_s{0x4ea03400}, cmgt_d{0x4ee03400}, cmge_b{0x4e203c00}, cmge_h{0x4e603c00}, cmge_s{0x4ea03c00},
    cmge_d{0x4ee03c00}, cmhi_b{0x6e203400}, cmhi_h{0x6e603400}, cmhi_s{0x6ea03400}, cmhs_b{0x6e203c00},
    cmhs_h{0x6e603c00}, cmhs_s{0x6ea03c00}, sshl_b{0x4e204400}, sshl_h{0x4e604400}, sshl_s{0x4ea04400},
    sshl_d{0x4ee04400}, ushl_b{0x6e204400}, ushl_h{0x6e604400}, ushl_s{0x6ea04400}, ushl_d{0x6ee04400},
    addp_s{0x4ea0bc00}, and_v{0x4e201c00}, bic_v{0x4e601c00}, orr_v{0x4ea01c00}, eor_v{0x6e201c00},
    bsl_v{0x6e601c00}, bit_v{0x6ea01c00}, bit_8b{0x2ea01c00}, zip1_b{0x4e003800}, smull_b{0x0e20c000},
    smull2_b{0x4e20c000}, umull_b{0x2e20c000}, umull2_b{0x6e20c000}, smull_h{0x0e60c000},
    smull2_h{0x4e60c000}, umull_h{0x2e60c000}, umull2_h{0x6e60c000}, smull_s{0x0ea0c000},
    smull2_s{0x4ea0c000}, umull_s{0x2ea0c000}, umull2_s{0x6ea0c000}, fadd_4s{0x4e20d400}, fadd_2d{0x4e60d400},
    fsub_4s{0x4ea0d400}, fsub_2d{0x4ee0d400}, fmul_4s{0x6e20dc00}, fmul_2d{0x6e60dc00}, fdiv_4s{0x6e20fc00},
    fdiv_2d{0x6e60fc00}, fmin_4s{0x4ea0f400}, fmin_2d{0x4ee0f400}, fmax_4s{0x4e20f400}, fmax_2d{0x4e60f400},
    fcmeq_4s{0x4e20e400}, fcmeq_2d{0x4e60e400}, fcmgt_4s{0x6ea0e400}, fcmgt_2d{0x6ee0e400},
    fcmge_4s{0x6e20e400}, fcmge_2d{0x6e60e400}, fadd_s{0x1e202800}, fadd_d{0x1e602800}, fsub_s{0x1e203800},
    fsub_d{0x1e603800}, fmul_s{0x1e200800}, fmul_d{0x1e600800}, fdiv_s{0x1e201800}, fdiv_d{0x1e601800},
    fmin_s{0x1e205800}, fmin_d{0x1e605800}, fmax_s{0x1e204800}, fmax_d{0x1e604800},
    // one operand
    mvn_v{0x6e205800}, abs_b{0x4e20b800}, abs_h{0x4e60b800}, abs_s{0x4ea0b800}, abs_d{0x4ee0b800},
    neg_b{0x6e20b800}, neg_h{0x6e60b800}, neg_s{0x6ea0b800}, neg_d{0x6ee0b800}, cnt_b{0x4e205800},
    cnt_8b{0x0e205800}, cmeq0_d{0x4ee09800}, addp_d{0x5ef1b800}, addv_8b{0x0e31b800}, addv_h{0x4e71b800},
    addv_s{0x4eb1b800}, uminv_b{0x6e31a800}, uminv_h{0x6e71a800}, uminv_s{0x6eb1a800}, umaxv_b{0x6e30a800},
    saddlp_b{0x4e202800}, uaddlp_b{0x6e202800}, saddlp_h{0x4e602800}, uaddlp_h{0x6e602800},
    sxtl_b{0x0f08a400}, sxtl2_b{0x4f08a400}, uxtl_b{0x2f08a400}, uxtl2_b{0x6f08a400}, sxtl_h{0x0f10a400},
    sxtl2_h{0x4f10a400}, uxtl_h{0x2f10a400}, uxtl2_h{0x6f10a400}, sxtl_s{0x0f20a400}, sxtl2_s{0x4f20a400},
    uxtl_s{0x2f20a400}, uxtl2_s{0x6f20a400}, sqxtn_h{0x0e214800}, sqxtn2_h{0x4e214800}, sqxtun_h{0x2e212800},
    sqxtun2_h{0x6e212800}, sqxtn_s{0x0e614800}, sqxtn2_s{0x4e614800}, sqxtun_s{0x2e612800},
    sqxtun2_s{0x6e612800}, sqxtn_d{0x0ea14800}, uqxtn_d{0x2ea14800}, fabs_4s{0x4ea0f800}, fabs_2d{0x4ee0f800},
    fneg_4s{0x6ea0f800}, fneg_2d{0x6ee0f800}, fsqrt_4s{0x6ea1f800}, fsqrt_2d{0x6ee1f800},
    frintn_4s{0x4e218800}, frintn_2d{0x4e618800}, frintp_4s{0x4ea18800}, frintp_2d{0x4ee18800},
    frintm_4s{0x4e219800}, frintm_2d{0x4e619800}, frintz_4s{0x4ea19800}, frintz_2d{0x4ee19800},
    fcvtzs_4s{0x4ea1b800}, fcvtzu_4s{0x6ea1b800}, fcvtzs_2d{0x4ee1b800}, fcvtzu_2d{0x6ee1b800},
    scvtf_4s{0x4e21d800}, ucvtf_4s{0x6e21d800}, scvtf_2d{0x4e61d800}, ucvtf_2d{0x6e61d800},
    fcvtn_d{0x0e616800}, fcvtl_s{0x0e617800}, fabs_s{0x1e20c000}, fabs_d{0x1e60c000}, fneg_s{0x1e214000},
    fneg_d{0x1e614000}, fsqrt_s{0x1e21c000}, fsqrt_d{0x1e61c000}, frintn_s{0x1e244000}, frintn_d{0x1e644000},
    frintp_s{0x1e24c000}, frintp_d{0x1e64c000}, frintm_s{0x1e254000}, frintm_d{0x1e654000},
    frintz_s{0x1e25c000}, frintz_d{0x1e65c000}, fcvt_sd{0x1e22c000}, fcvt_ds{0x1e624000}, fmov_s{0x1e204000},
    fmov_d{0x1e604000}, fcmp_s{0x1e202000}, fcmp_d{0x1e602000},
    // between banks
    fmov_ws{0x1e260000}, fmov_xd{0x9e660000}, fmov_sw{0x1e270000}, fmov_dx{0x9e670000}, scvtf_sw{0x1e220000},
    scvtf_sx{0x9e220000}, scvtf_dw{0x1e620000}, scvtf_dx{0x9e620000}, ucvtf_sw{0x1e230000},
    ucvtf_sx{0x9e230000}, ucvtf_dw{0x1e630000}, ucvtf_dx{0x9e630000}, fcvtzs_ws{0x1e380000},
    fcvtzs_xs{0x9e380000}, fcvtzs_wd{0x1e780000}, fcvtzs_xd{0x9e780000}, fcvtzu_ws{0x1e390000},
    fcvtzu_xs{0x9e390000}, fcvtzu_wd{0x1e790000}, fcvtzu_xd{0x9e790000}, dup_b{0x4e010c00}, dup_h{0x4e020c00},
    dup_s{0x4e040c00}, dup_d{0x4e080c00};
// clang-format on

}  // namespace lindvm::jit::a64::op
